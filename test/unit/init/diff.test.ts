import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../src/init/diff.ts";

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

  it("keeps control characters away from the terminal", () => {
    const shown = unifiedDiff("", "x \u001b]0;evil\u0007 \u202ey\n", "f");
    expect(shown).toMatch(/^\+x +\]0;evil +y$/m);
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
