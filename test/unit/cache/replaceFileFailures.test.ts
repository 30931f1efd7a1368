import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareReplacement, replaceFile } from "../../../src/cache/replaceFile.ts";
import { NICETIES, REFUSALS, runInChild } from "../../support/child.ts";
import { canTrace } from "../../support/systemCalls.ts";
import { failing, folder, MODULE, mode, path, replacing, text } from "./replacedFile.ts";

describe.skipIf(!canTrace)("where the rename is refused (needs strace)", () => {
  const calls = "rename,renameat,renameat2";

  it.each(["ENOSPC", "EDQUOT", "EBUSY", "EPERM", "EXDEV"])(
    "with %s, an existing file is overwritten: the new text may be the only one of its kind",
    (code) => {
      writeFileSync(path, "old and longer", { mode: 0o600 });
      expect(runInChild(MODULE, replacing(path, "new"), { refused: { calls, code } })).toBe("");
      expect([readdirSync(folder), text(path), mode(path)]).toEqual([["file.json"], "new", "600"]);
    },
  );

  it("but not when the text is no longer wanted", () => {
    writeFileSync(path, "old");
    const asked = "let asked = 0; const isWanted = () => ++asked === 1;";
    const code = `${asked} process.stdout.write(String(m.prepareReplacement(${JSON.stringify(path)}).commit("new", isWanted)));`;
    expect(runInChild(MODULE, code, { refused: { calls, code: "ENOSPC" } })).toBe("false");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it.each(["ENOSPC", "EIO"])("and fails with %s where there is no file, or the disk does", (code) => {
    if (code === "EIO") writeFileSync(path, "old");
    expect(runInChild(MODULE, failing(replacing(path, "new")), { refused: { calls, code } })).toBe(code);
    expect(readdirSync(folder)).toEqual(code === "EIO" ? ["file.json"] : []);
  });
});

describe.skipIf(!canTrace)("on a file system without modes, owners, links and syncs (needs strace)", () => {
  it.each(REFUSALS)("a file is written anyway (%s)", (code) => {
    const deep = join(folder, "a", "file.json");
    runInChild(MODULE, replacing(deep, "new"), { refused: { calls: NICETIES, code } });
    expect([text(deep), mode(deep)]).toEqual(["new", "600"]);
  });

  it("but a file that the disk could not take to the end is an error", () => {
    const code = failing(replacing(path, "new"));
    expect(runInChild(MODULE, code, { refused: { calls: "fsync", code: "EIO" } })).toBe("EIO");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a failure leaves the target as it was, and no temporary file", () => {
  it("on a full disk, at the reservation", () => {
    writeFileSync(path, "old");
    const code = `try { m.prepareReplacement(${JSON.stringify(path)}, { reserveBytes: 4096 }) } catch (error) { process.stdout.write(error.code) }`;
    expect(runInChild(MODULE, code, { fileBlocks: 1 })).toBe("EFBIG");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("on a disk that fills up before the commit", () => {
    writeFileSync(path, "old");
    const code = failing(replacing(path, "x".repeat(5000)));
    expect(runInChild(MODULE, code, { fileBlocks: 1 })).toBe("EFBIG");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("in a folder that is not writable", () => {
    writeFileSync(path, "old");
    chmodSync(folder, 0o555);
    const code = failing(replacing(path, "new"));
    expect(runInChild(MODULE, code, { unprivileged: true })).toBe("EACCES");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("where a folder has the target's name", () => {
    mkdirSync(path);
    expect(() => replaceFile(path, "new")).toThrow();
    expect(() => prepareReplacement(path)).toThrow(expect.objectContaining({ code: "EISDIR", path }));
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("and names the target, not the temporary file", () => {
    symlinkSync("nowhere/file.json", path);
    const target = join(folder, "nowhere", "file.json");
    expect(() => replaceFile(path, "new")).toThrow(expect.objectContaining({ code: "ENOENT", path: target }));
  });

  it("below a file", () => {
    writeFileSync(path, "old");
    expect(() => replaceFile(join(path, "a", "file.json"), "new")).toThrow("EEXIST");
    expect(text(path)).toBe("old");
  });

  it("in a folder where mkdir answers ENOENT", () => {
    expect(() => replaceFile("/proc/no-such-folder/a/file.json", "new")).toThrow("ENOENT");
  });
});
