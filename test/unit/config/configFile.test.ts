import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/configFile.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let home: string;
let path: string;

beforeEach(() => {
  home = temporaryFolder();
  mkdirSync(join(home, ".aws"));
  path = join(home, ".aws", "config");
});

function load(env: Record<string, string> = {}, wanted: { credentials?: boolean } = {}) {
  return loadConfig({ env: { HOME: home, ...env }, platform: "linux" }, wanted);
}

describe("the two files", () => {
  test("a missing config is an empty one", () => {
    rmSync(join(home, ".aws"), { recursive: true });
    const config = load({}, { credentials: true });
    expect(config.path).toBe(path);
    expect(config.profileNames()).toEqual([]);
    expect(config.sessionNames()).toEqual([]);
    expect(config.profile("default")).toBeUndefined();
    expect(config.defaults).toEqual(new Map());
  });

  test("a file in the place of the folder, and /dev/null, are an empty config", () => {
    writeFileSync(path, "[default]\n");
    expect(load({ AWS_CONFIG_FILE: join(path, "config") }).profileNames()).toEqual([]);
    expect(load({ AWS_CONFIG_FILE: "/dev/null" }).profileNames()).toEqual([]);
  });

  test("sections are found by name, before and after all names were asked for", () => {
    writeFileSync(
      path,
      "[default]\nregion = r0\n[profile a]\nregion = r1\n[sso-session a]\nsso_region = r2\n[services a]\nsso =\n  endpoint_url = u\n",
    );
    const config = load();
    for (const _round of ["before", "after"]) {
      expect(config.profile("a")).toEqual(new Map([["region", "r1"]]));
      expect(config.session("a")).toEqual(new Map([["sso_region", "r2"]]));
      expect(config.services("a")?.get("sso")).toEqual(new Map([["endpoint_url", "u"]]));
      expect(config.defaults.get("region")).toBe("r0");
      expect(config.profile("b") ?? config.session("b") ?? config.services("b")).toBeUndefined();
      expect(config.profileNames()).toEqual(["default", "a"]);
      expect(config.sessionNames()).toEqual(["a"]);
    }
  });

  test("the credentials file overrides the profile key by key, if it is loaded", () => {
    writeFileSync(path, "[profile a]\nregion = r1\nsso_role_name = x\n");
    writeFileSync(join(home, ".aws", "credentials"), "[a]\nsso_role_name = y\n[b]\nregion = r2\n");
    const config = load({}, { credentials: true });
    expect(config.profile("a")).toEqual(new Map(Object.entries({ region: "r1", sso_role_name: "y" })));
    expect(config.profileNames()).toEqual(["a", "b"]);
    expect(config.profile("b")?.get("region")).toBe("r2");
    expect(load().profile("a")?.get("sso_role_name")).toBe("x");
    expect(load().profileNames()).toEqual(["a"]);
  });

  test("AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE move them", () => {
    writeFileSync(join(home, "c1"), "[profile a]\n");
    writeFileSync(join(home, "c2"), "[b]\n");
    const config = load(
      { AWS_CONFIG_FILE: "~/c1", AWS_SHARED_CREDENTIALS_FILE: "$HOME/c2" },
      { credentials: true },
    );
    expect(config.profileNames()).toEqual(["a", "b"]);
    expect([config.path, config.credentialsPath]).toEqual([join(home, "c1"), join(home, "c2")]);
  });
});

describe("a config that cannot be read is exit 3 and named", () => {
  function expectRefusal(message: string, wanted: { credentials?: boolean } = {}) {
    expect(() => load({}, wanted)).toThrow(expect.objectContaining({ kind: "config", message }));
  }

  test("a folder", () => {
    mkdirSync(path);
    expectRefusal(`${path} is a folder, not a file`);
  });

  test("a FIFO, without waiting for its writer", () => {
    execFileSync("mkfifo", [path]);
    expectRefusal(`${path} is not a regular file`);
  });

  test("more than 16 MiB", () => {
    writeFileSync(path, "");
    truncateSync(path, 16 * 1024 * 1024 + 1);
    expectRefusal(`${path} is larger than 16 MiB`);
  });

  test("UTF-16", () => {
    writeFileSync(path, "\uFEFF[default]\n", "utf16le");
    expectRefusal(`${path} is UTF-16 text, as PowerShell's > writes it; AWS tools read UTF-8`);
  });

  test("links that form a loop", () => {
    symlinkSync(path, path);
    expectRefusal(`${path} cannot be read (ELOOP)`);
  });

  test.skipIf(process.getuid?.() === 0)("no permission (root needs none)", () => {
    writeFileSync(path, "");
    chmodSync(path, 0);
    expectRefusal(`${path} cannot be read (EACCES)`);
  });

  test("the credentials file, if it is loaded", () => {
    mkdirSync(join(home, ".aws", "credentials"));
    expectRefusal(`${home}/.aws/credentials is a folder, not a file`, { credentials: true });
    expect(load().profileNames()).toEqual([]);
  });
});
