import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../../src/init/plan/diff.ts";
import { fc } from "../../../support/fuzzing.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

describe("the diff of a plan", () => {
  it("shows each change with three lines around it", () => {
    const before = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].join("\n");
    const after = before.replace("\nb\n", "\nB\n").replace("\nk\n", "\n");
    expect(unifiedDiff(`${before}\n`, `${after}\n`, "~/.aws/config")).toBe(
      [
        "--- ~/.aws/config",
        "+++ ~/.aws/config",
        "@@ -1,5 +1,5 @@",
        " a",
        "-b",
        "+B",
        " c",
        " d",
        " e",
        "@@ -8,5 +8,4 @@",
        " h",
        " i",
        " j",
        "-k",
        " l",
        "",
      ].join("\n"),
    );
  });

  it("shows a new file as additions to nothing", () => {
    expect(unifiedDiff("", "[default]\n", "f")).toBe("--- f\n+++ f\n@@ -0,0 +1,1 @@\n+[default]\n");
  });

  it("is empty when nothing differs", () => {
    expect(unifiedDiff("a\n", "a\n", "f")).toBe("");
  });

  it("marks a text without a line feed at its end as diff does", () => {
    const mark = "\\ No newline at end of file";
    const lines = (before: string, after: string) => unifiedDiff(before, after, "f").split("\n").slice(3);
    expect(lines("a\nb", "a\nb\n\nc\n")).toEqual([" a", "-b", mark, "+b", "+", "+c", ""]);
    expect(lines("a\nb\n", "a\nb")).toEqual([" a", "-b", "+b", mark, ""]);
    expect(lines("a\nb", "c\nb")).toEqual(["-a", "+c", " b", mark, ""]);
    expect(lines("a\nb", "a\nc")).toEqual([" a", "-b", mark, "+c", mark, ""]);
    expect(lines("", "a")).toEqual(["+a", mark, ""]);
  });

  it("names no missing file, and ends a name with blanks by a tab", () => {
    expect(unifiedDiff("", "a\n", "f", { isNew: true })).toBe("--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
    expect(unifiedDiff("", "a\n", "my f")).toBe("--- my f\t\n+++ my f\t\n@@ -0,0 +1,1 @@\n+a\n");
  });

  it("on a terminal replaces exactly the characters that a terminal would obey or hide", () => {
    const shown = unifiedDiff("", "\ufeff\tx \u001b]0;evil\u0007 \u202ey \r\nlone \r return\n", "f", {
      isShown: true,
    });
    expect(shown.split("\n").slice(3)).toEqual(["+ \tx  ]0;evil   y \r", "+lone   return", ""]);
  });

  it("holds every line of both sides, in order", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", "[x]", "[y]", ""), { maxLength: 20 })
      .map((lines) => lines.map((line) => `${line}\n`).join(""));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const steps = unifiedDiff(before, after, "f").split("\n").slice(2, -1);
        const counts = (sign: string) => steps.filter((line) => line.startsWith(sign)).length;
        const lines = (each: string) => each.split("\n").length - 1;
        expect(counts("+") - counts("-")).toBe(lines(after) - lines(before));
        let at = 0;
        const source = before.split("\n");
        for (const line of steps) {
          const start = /^@@ -(\d+),(\d+) /.exec(line);
          if (start) at = Number(start[1]) - (start[2] === "0" ? 0 : 1);
          else if (!line.startsWith("+")) expect(line.slice(1)).toBe(source[at++]);
        }
      }),
    );
  });

  it("compares five hundred changed sections among a thousand", () => {
    const section = (name: number, path: string) =>
      `[profile p${name}]\ncredential_process = ${path} ${name}\n\n`;
    const all = [...Array(1000).keys()];
    const before = all.map((name) => section(name, "/old")).join("");
    const after = all.map((name) => section(name, name % 2 ? "/new" : "/old")).join("");
    const added = unifiedDiff(before, after, "f").match(/^\+c/gm);
    expect(added?.length).toBe(500);
  });
});

const TOOLS: [string, (folder: string, patch: string) => string[]][] = [
  ["patch", (folder, patch) => ["patch", "--silent", "--posix", join(folder, "config"), patch]],
  ["patch", (folder, patch) => ["patch", "--silent", join(folder, "config"), patch]],
  ["git", (folder, patch) => ["git", "apply", "--whitespace=nowarn", `-p${folder.split("/").length}`, patch]],
];

/**
 * Texts with every kind of line end, with and without one at the end, and sometimes with a byte
 * that no terminal shows.
 */
const text = fc
  .tuple(
    fc.array(
      fc.tuple(fc.constantFrom("a", "b", "[x]", "", " \t ", "é\u001b"), fc.constantFrom("\n", "\r\n")),
      {
        maxLength: 12,
      },
    ),
    fc.constantFrom("", "\ufeff"),
    fc.constantFrom("", "", "last", "\r", "lone \r return"),
  )
  .map(([lines, mark, last]) => mark + lines.flat().join("") + last);

describe.each(TOOLS)("a patch for %s", (tool, command) => {
  it("turns one text into exactly the other", ({ skip }) => {
    skip(spawnSync(tool, ["--version"]).status !== 0, `${tool} is not installed`);
    const folder = realpathSync(temporaryFolder());
    const config = join(folder, "config");
    const patch = join(folder, "plan.patch");
    const [file = "", ...args] = command(folder, patch);
    fc.assert(
      fc.property(text, text, fc.boolean(), (before, after, isNew) => {
        rmSync(config, { force: true });
        const diff = unifiedDiff(isNew ? "" : before, after, config, { isNew });
        if (diff === "") return;
        if (!isNew) writeFileSync(config, before);
        writeFileSync(patch, `${diff}1 to add, 0 to change, 0 to remove\n`);
        const { status, stderr } = spawnSync(file, args, { cwd: folder, encoding: "utf8" });
        expect([status, stderr]).toEqual([0, ""]);
        expect(existsSync(config) ? readFileSync(config, "utf8") : "").toBe(after);
      }),
      { numRuns: 60 },
    );
  });
});
