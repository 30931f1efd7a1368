import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareReplacement, replaceFile } from "../../../src/cache/replaceFile.ts";
import { runInChild } from "../../support/child.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "replace-file-"));
  path = join(folder, "file.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = new URL("../../../src/cache/replaceFile.ts", import.meta.url);
const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
const text = (file: string) => readFileSync(file, "utf8");
const call = (name: string, ...args: unknown[]) =>
  `m.${name}(${args.map((arg) => JSON.stringify(arg)).join()});`;

describe("modes", () => {
  it.each(["000", "022", "077", "277"])(
    "are 600 for the file and 700 for new folders under umask %s",
    (umask) => {
      const deep = join(folder, "a", "b", "file.json");
      mkdirSync(dirname(deep), { recursive: true, mode: 0o700 });
      runInChild(MODULE, call("replaceFile", deep, "x"), { umask });
      expect([mode(deep), text(deep)]).toEqual(["600", "x"]);
    },
  );

  it.each(["000", "022", "077"])("of new folders are 700 under umask %s", (umask) => {
    const deep = join(folder, "a", "b", "file.json");
    runInChild(MODULE, call("replaceFile", deep, "x"), { umask });
    expect([join(folder, "a"), dirname(deep)].map(mode)).toEqual(["700", "700"]);
  });

  it("of a file that others could read become 600", () => {
    writeFileSync(path, "old", { mode: 0o644 });
    replaceFile(path, "new");
    expect(mode(path)).toBe("600");
  });

  it("of a folder that is there stay", () => {
    chmodSync(folder, 0o755);
    replaceFile(path, "x");
    expect(mode(folder)).toBe("755");
  });
});

describe("links", () => {
  it("to the file are followed: the link stays, its target is replaced", () => {
    const target = join(folder, "elsewhere", "target.json");
    mkdirSync(dirname(target));
    writeFileSync(target, "old");
    symlinkSync(join("elsewhere", "target.json"), join(folder, "middle"));
    symlinkSync("middle", path);
    replaceFile(path, "new");
    expect([lstatSync(path).isSymbolicLink(), text(target)]).toEqual([true, "new"]);
  });

  it("out of a linked folder are followed from where the folder really is", () => {
    const real = join(folder, "dotfiles", "cache");
    mkdirSync(real, { recursive: true });
    symlinkSync(real, join(folder, "cache"));
    symlinkSync("../target.json", join(real, "file.json"));
    replaceFile(join(folder, "cache", "file.json"), "new");
    expect(text(join(folder, "dotfiles", "target.json"))).toBe("new");
    expect(readdirSync(folder).sort()).toEqual(["cache", "dotfiles"]);
  });

  it("that dangle get their target", () => {
    symlinkSync("target.json", path);
    replaceFile(path, "new");
    expect([lstatSync(path).isSymbolicLink(), text(join(folder, "target.json"))]).toEqual([true, "new"]);
  });

  it("that lead to each other end", () => {
    symlinkSync("other", path);
    symlinkSync("file.json", join(folder, "other"));
    replaceFile(path, "new");
    expect(text(path)).toBe("new");
  });

  it("of the hard kind are cut: the other name keeps the old text", () => {
    writeFileSync(path, "old");
    linkSync(path, join(folder, "backup"));
    replaceFile(path, "new");
    expect([text(path), text(join(folder, "backup"))]).toEqual(["new", "old"]);
  });
});

describe("our temporary files", () => {
  it("stand beside the target, with a name no tool takes for a cache file, and are gone afterwards", () => {
    const replacement = prepareReplacement(path);
    const [name] = readdirSync(folder);
    expect(name).toMatch(/^\.sso-cred-.*\.tmp$/);
    replacement.commit("x");
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("are swept when older than a minute; nobody else's are", () => {
    const names = [".sso-cred-1-a.tmp", ".sso-cred-2-b.tmp", "x.tmp", ".sso-cred-x.json", ".other.tmp"];
    for (const name of names) writeFileSync(join(folder, name), "");
    const old = Date.now() / 1000 - 61;
    for (const name of names) if (name !== ".sso-cred-2-b.tmp") utimesSync(join(folder, name), old, old);
    replaceFile(path, "x");
    expect(readdirSync(folder).sort()).toEqual([
      ".other.tmp",
      ".sso-cred-2-b.tmp",
      ".sso-cred-x.json",
      "file.json",
      "x.tmp",
    ]);
  });

  it("from the future, where the clock was set back, are swept as well", () => {
    writeFileSync(join(folder, ".sso-cred-1-a.tmp"), "");
    const future = Date.now() / 1000 + 3600;
    utimesSync(join(folder, ".sso-cred-1-a.tmp"), future, future);
    replaceFile(path, "x");
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("go when the replacement is abandoned, and the target stays", () => {
    writeFileSync(path, "old");
    const replacement = prepareReplacement(path, 10_000);
    replacement.abandon();
    replacement.abandon();
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("may be swept by somebody meanwhile: abandoning is no error, and committing still writes", () => {
    const sweep = () => {
      for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) unlinkSync(join(folder, name));
    };
    const abandoned = prepareReplacement(path);
    sweep();
    abandoned.abandon();
    const committed = prepareReplacement(path, 100);
    sweep();
    committed.commit("new");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "new"]);
  });
});

describe("whoever no longer wants the new text", () => {
  it("is asked when it is on the disk and only the rename is left", () => {
    writeFileSync(path, "old");
    const seen: string[] = [];
    const isWanted = () => {
      const [name = ""] = readdirSync(folder).filter((other) => other !== "file.json");
      seen.push(text(join(folder, name)), text(path));
      return true;
    };
    expect(prepareReplacement(path, 10_000).commit("new", isWanted)).toBe(true);
    expect([seen, text(path)]).toEqual([["new", "old"], "new"]);
  });

  it("keeps the old one, and nothing is left", () => {
    writeFileSync(path, "old");
    expect(prepareReplacement(path).commit("new", () => false)).toBe(false);
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("is asked again when the new file was swept meanwhile", () => {
    writeFileSync(path, "old");
    let asked = 0;
    const isWanted = () => {
      for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) unlinkSync(join(folder, name));
      return ++asked === 1;
    };
    expect(prepareReplacement(path).commit("new", isWanted)).toBe(false);
    expect([asked, readdirSync(folder), text(path)]).toEqual([2, ["file.json"], "old"]);
  });
});

const canTrace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0;
if (!canTrace) console.warn("SKIPPED: no strace here, so no rename fails for want of space");
/** A disk whose renames and new files take space that it has not (copy-on-write); files that are there can be written. */
const withoutSpace = (calls: string, code: string): string => {
  const source = `import * as m from ${JSON.stringify(MODULE.href)};\n${code}`;
  const node = [process.execPath, "--no-warnings", "--input-type=module", "--eval", source];
  const inject = `${calls}:error=ENOSPC`;
  return execFileSync("strace", ["-f", "-o", "/dev/null", "-e", `inject=${inject}`, ...node], {
    encoding: "utf8",
  });
};

describe.skipIf(!canTrace)("on a disk that has no space left for a rename", () => {
  const RENAMES = "rename,renameat,renameat2";

  it("the new text is written over the old one: it may be the only one of its kind", () => {
    writeFileSync(path, "old and longer", { mode: 0o600 });
    expect(withoutSpace(RENAMES, call("replaceFile", path, "new"))).toBe("");
    expect([readdirSync(folder), text(path), mode(path)]).toEqual([["file.json"], "new", "600"]);
  });

  it("but not by whoever no longer wants it", () => {
    writeFileSync(path, "old");
    const asked = "let asked = 0; const isWanted = () => ++asked === 1;";
    const code = `${asked} process.stdout.write(String(m.prepareReplacement(${JSON.stringify(path)}).commit("new", isWanted)));`;
    expect(withoutSpace(RENAMES, code)).toBe("false");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("and nothing can be done where no file is there", () => {
    const code = `try { ${call("replaceFile", path, "new")} } catch (error) { process.stdout.write(error.code) }`;
    expect(withoutSpace(RENAMES, code)).toBe("ENOSPC");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what was reserved", () => {
  it("is cut to the text", () => {
    prepareReplacement(path, 10_000).commit("short");
    expect(text(path)).toBe("short");
  });

  it("may be too little", () => {
    prepareReplacement(path, 2).commit("longer");
    expect(text(path)).toBe("longer");
  });
});

describe("a failure leaves the target as it was, and no file of ours", () => {
  it("on a full disk, which shows in the reservation", () => {
    writeFileSync(path, "old");
    const code = `try { m.prepareReplacement(${JSON.stringify(path)}, 4096) } catch (error) { process.stdout.write(error.code) }`;
    expect(runInChild(MODULE, code, { fileBlocks: 1 })).toBe("EFBIG");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("on a disk that fills up before the commit", () => {
    writeFileSync(path, "old");
    const code = `try { ${call("replaceFile", path, "x".repeat(5000))} } catch (error) { process.stdout.write(error.code) }`;
    expect(runInChild(MODULE, code, { fileBlocks: 1 })).toBe("EFBIG");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("in a folder that may not be written", () => {
    writeFileSync(path, "old");
    chmodSync(folder, 0o555);
    const code = `try { ${call("replaceFile", path, "new")} } catch (error) { process.stdout.write(error.code) }`;
    expect(runInChild(MODULE, code, { unprivileged: true })).toBe("EACCES");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("where a folder has the target's name", () => {
    mkdirSync(path);
    expect(() => replaceFile(path, "new")).toThrow();
    expect(() => prepareReplacement(path)).toThrow(expect.objectContaining({ code: "EISDIR", path }));
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("which names the target, not the file beside it", () => {
    symlinkSync("nowhere/file.json", path);
    const target = join(folder, "nowhere", "file.json");
    expect(() => replaceFile(path, "new")).toThrow(expect.objectContaining({ code: "ENOENT", path: target }));
  });

  it("below a file", () => {
    writeFileSync(path, "old");
    expect(() => replaceFile(join(path, "a", "file.json"), "new")).toThrow("EEXIST");
    expect(text(path)).toBe("old");
  });

  it("in a folder that says of what is made in it that there is no such folder", () => {
    expect(() => replaceFile("/proc/no-such-folder/a/file.json", "new")).toThrow("ENOENT");
  });
});
