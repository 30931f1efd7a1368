import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { callPath, installedFront } from "../../../src/platform/installation.ts";
import { temporaryFolder } from "../../support/temporary.ts";

describe("the path by which the program was called", () => {
  let home: string;
  let real: string;
  beforeEach(() => {
    home = temporaryFolder();
    mkdirSync(join(home, "v1"));
    mkdirSync(join(home, "bin"));
    mkdirSync(join(home, "other"));
    real = join(home, "v1", "sso-cred");
    writeFileSync(real, "#!/bin/sh\n");
    chmodSync(real, 0o755);
    symlinkSync(real, join(home, "bin", "sso-cred"));
    copyFileSync(real, join(home, "other", "sso-cred"));
  });
  const call = (argv0: string, PATH: string) =>
    callPath({ argv0, execPath: real, cwd: home, env: { PATH }, platform: "linux" });

  it("is the link on the PATH, not its target", () => {
    expect(call("sso-cred", `/nowhere:${home}/bin`)).toBe(join(home, "bin", "sso-cred"));
  });

  it("is made absolute without following links", () => {
    expect(call("./bin/sso-cred", "")).toBe(join(home, "bin", "sso-cred"));
    expect(call("bin/../bin/sso-cred", "")).toBe(join(home, "bin", "sso-cred"));
  });

  it("is the program's own file when another program of that name comes first, or none", () => {
    expect(call("sso-cred", `${home}/other:${home}/bin`)).toBe(join(home, "bin", "sso-cred"));
    expect(call("sso-cred", `${home}/other`)).toBe(real);
    expect(call("sh", "/bin:/usr/bin")).toBe(real);
  });
});

describe("the front of the program", () => {
  const MESSAGE = "sso-cred: the front 0.9.1 cannot run the program ";
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o755 });
    return join(folder, path);
  };
  const find = (execPath: string, argv0: string, PATH = "") =>
    installedFront({ argv0, execPath, cwd: folder, env: { PATH }, platform: "linux" });

  it.each([
    ["installed", "bin/sso-cred", "libexec/sso-cred/sso-cred"],
    ["as it is built and unpacked", "dist/sso-cred", "dist/sso-cred-core"],
  ])("%s, is the file that was called", (_, front, program) => {
    const path = put(front, `\u007fELF\0${MESSAGE}\0`);
    const execPath = put(program, "program");
    const found = { path, version: "0.9.1" };
    expect(find(execPath, path)).toEqual({ ...found, isInUse: true });
    expect(find(execPath, "sso-cred", dirname(path))).toEqual({ ...found, isInUse: true });
    expect(find(`${execPath} (deleted)`, path)).toEqual({ ...found, isInUse: true });
    expect(find(execPath, execPath)).toEqual({ ...found, isInUse: false });
  });

  it("is found through a link", () => {
    const path = put("bin/sso-cred", MESSAGE);
    const execPath = put("libexec/sso-cred/sso-cred", "program");
    symlinkSync(path, join(folder, "sso-cred"));
    expect(find(execPath, "./sso-cred")?.isInUse).toBe(true);
  });

  it("is undefined if the file is missing or another program, and for a program in no such place", () => {
    const execPath = put("libexec/sso-cred/sso-cred", "program");
    expect(find(execPath, execPath)).toBe(undefined);
    put("bin/sso-cred", "#!/bin/sh");
    expect(find(execPath, execPath)).toBe(undefined);
    put("bin/sso-cred", MESSAGE + " ".repeat(1024 * 1024));
    expect(find(execPath, execPath)).toBe(undefined);
    const alone = put("bin/sso-cred", MESSAGE);
    expect(find(alone, alone)).toBe(undefined);
  });
});
