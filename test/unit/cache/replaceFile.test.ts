import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareReplacement, replaceFile } from "../../../src/cache/replaceFile.ts";
import { runInChild } from "../../support/child.ts";
import { folder, MODULE, mode, path, replacing, text } from "./replacedFile.ts";

describe("modes", () => {
  it.each(["000", "022", "077", "277"])(
    "are 600 for the file and 700 for new folders under umask %s",
    (umask) => {
      const deep = join(folder, "a", "b", "file.json");
      mkdirSync(dirname(deep), { recursive: true, mode: 0o700 });
      runInChild(MODULE, replacing(deep, "x"), { umask });
      expect([mode(deep), text(deep)]).toEqual(["600", "x"]);
    },
  );

  it.each(["000", "022", "077"])("of new folders are 700 under umask %s", (umask) => {
    const deep = join(folder, "a", "b", "file.json");
    runInChild(MODULE, replacing(deep, "x"), { umask });
    expect([join(folder, "a"), dirname(deep)].map(mode)).toEqual(["700", "700"]);
  });

  it("of a file that others could read become 600", () => {
    writeFileSync(path, "old", { mode: 0o644 });
    replaceFile(path, "new");
    expect(mode(path)).toBe("600");
  });

  it("of an existing folder stay", () => {
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

  it("that dangle have their target created", () => {
    symlinkSync("target.json", path);
    replaceFile(path, "new");
    expect([lstatSync(path).isSymbolicLink(), text(join(folder, "target.json"))]).toEqual([true, "new"]);
  });

  it("that form a loop are replaced", () => {
    symlinkSync("other", path);
    symlinkSync("file.json", join(folder, "other"));
    replaceFile(path, "new");
    expect(text(path)).toBe("new");
  });

  it("that are hard links are broken: the other name keeps the old text", () => {
    writeFileSync(path, "old");
    linkSync(path, join(folder, "backup"));
    replaceFile(path, "new");
    expect([text(path), text(join(folder, "backup"))]).toEqual(["new", "old"]);
  });
});

describe("our temporary files", () => {
  it("are beside the target, under a name that no tool reads, and are removed afterwards", () => {
    const replacement = prepareReplacement(path);
    const [name] = readdirSync(folder);
    expect(name).toMatch(/^\.sso-cred-.*\.tmp$/);
    replacement.commit("x");
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("are swept when older than a minute; other files are not", () => {
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

  it("from the future (the clock was set back) are swept, too", () => {
    writeFileSync(join(folder, ".sso-cred-1-a.tmp"), "");
    const future = Date.now() / 1000 + 3600;
    utimesSync(join(folder, ".sso-cred-1-a.tmp"), future, future);
    replaceFile(path, "x");
    expect(readdirSync(folder)).toEqual(["file.json"]);
  });

  it("are removed when the replacement is abandoned, and the target stays", () => {
    writeFileSync(path, "old");
    const replacement = prepareReplacement(path, { reserveBytes: 10_000 });
    replacement.abandon();
    replacement.abandon();
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("may be removed by another process: the write still succeeds, and giving it up is no error", () => {
    const sweep = () => {
      for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) unlinkSync(join(folder, name));
    };
    const abandoned = prepareReplacement(path);
    sweep();
    abandoned.abandon();
    const committed = prepareReplacement(path, { reserveBytes: 100 });
    sweep();
    committed.commit("new");
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "new"]);
  });
});

describe("a text that is no longer wanted", () => {
  it("is checked when only the rename is left to do", () => {
    writeFileSync(path, "old");
    const seen: string[] = [];
    const isWanted = () => {
      const [name = ""] = readdirSync(folder).filter((other) => other !== "file.json");
      seen.push(text(join(folder, name)), text(path));
      return true;
    };
    expect(prepareReplacement(path, { reserveBytes: 10_000 }).commit("new", isWanted)).toBe(true);
    expect([seen, text(path)]).toEqual([["new", "old"], "new"]);
  });

  it("is not written, and no temporary file stays", () => {
    writeFileSync(path, "old");
    expect(prepareReplacement(path).commit("new", () => false)).toBe(false);
    expect([readdirSync(folder), text(path)]).toEqual([["file.json"], "old"]);
  });

  it("is checked again when the new file was swept", () => {
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

describe.skipIf(process.getuid?.() !== 0)("a link that another user could have placed (needs root)", () => {
  it.each([
    ["because the link is another's", () => lchownSync(path, 12_345, 12_345), "is a link of user 12345"],
    [
      "because the folder is another's",
      () => chownSync(folder, 12_345, 12_345),
      "is a link in a folder of user 12345",
    ],
  ])("is not followed %s", (_, give, why) => {
    writeFileSync(join(folder, "precious"), "old");
    symlinkSync("precious", path);
    give();
    expect(() => replaceFile(path, "new")).toThrow(`${path} ${why}, so it is not followed`);
    expect([lstatSync(path).isSymbolicLink(), text(path)]).toEqual([true, "old"]);
  });

  it("is followed when the link and its folder are root's", () => {
    writeFileSync(join(folder, "target"), "old");
    symlinkSync("target", path);
    for (const name of [path, folder]) lchownSync(name, 0, 0);
    chmodSync(folder, 0o777);
    runInChild(MODULE, replacing(path, "new"), { unprivileged: true });
    expect([lstatSync(path).isSymbolicLink(), text(path)]).toEqual([true, "new"]);
  });
});

describe.skipIf(process.getuid?.() !== 0)("owner and group (needs root)", () => {
  const owner = (file: string) => [statSync(file).uid, statSync(file).gid];

  it("are those of the file that is replaced", () => {
    writeFileSync(path, "old");
    chownSync(path, 12_345, 23_456);
    replaceFile(path, "new");
    expect([text(path), owner(path)]).toEqual(["new", [12_345, 23_456]]);
  });

  it("of a new file and of new folders are those of the folder they are in", () => {
    chownSync(folder, 12_345, 23_456);
    const deep = join(folder, "a", "b", "file.json");
    replaceFile(deep, "new");
    expect([dirname(deep), deep].map(owner)).toEqual([
      [12_345, 23_456],
      [12_345, 23_456],
    ]);
  });
});

describe("what was reserved", () => {
  it("is cut to the text", () => {
    prepareReplacement(path, { reserveBytes: 10_000 }).commit("short");
    expect(text(path)).toBe("short");
  });

  it("may be too small", () => {
    prepareReplacement(path, { reserveBytes: 2 }).commit("longer");
    expect(text(path)).toBe("longer");
  });
});
