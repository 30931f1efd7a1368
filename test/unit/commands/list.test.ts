import { describe, expect, it } from "vitest";
import { assignmentTable } from "../../../src/commands/list.ts";
import { columnsOf, cutTo } from "../../../src/text/columns.ts";
import { ADMIN, READ_ONLY, role } from "../init/plan/initOptions.ts";

describe("the table of list", () => {
  const rows = [
    { ...ADMIN, profiles: ["prod", "prod-admin"] },
    { ...READ_ONLY, profiles: [] },
    { ...role("222222222222", "A-role-with-a-rather-long-name", "開発 Développement 🚀"), profiles: ["dev"] },
  ];

  it("lines up its columns, wide characters too", () => {
    expect(assignmentTable(rows, undefined)).toBe(
      [
        "Account                ID            Role                            Profile",
        "Prod                   111111111111  Admin                           prod, prod-admin",
        "Prod                   111111111111  ReadOnly",
        "開発 Développement 🚀  222222222222  A-role-with-a-rather-long-name  dev",
        "",
      ].join("\n"),
    );
  });

  it.each([80, 60, 50])("fits into %i columns and never cuts an account id", (width) => {
    const lines = assignmentTable(rows, width).trimEnd().split("\n");
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    expect(lines.slice(1).map((line) => /\d{12}/.exec(line)?.[0])).toEqual([
      "111111111111",
      "111111111111",
      "222222222222",
    ]);
  });

  it("puts each role on a line of its own, whatever its name", () => {
    const evil = { ...role("222222222222", "x\n\u001b[2Jy", "a\u202eb"), profiles: ["p\r"] };
    const text = assignmentTable([evil], undefined);
    expect(text.split("\n")).toHaveLength(3);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("columns", () => {
  it("count what a terminal shows", () => {
    expect(["abc", "é", "e\u0301", "開", "🚀"].map(columnsOf)).toEqual([3, 1, 1, 2, 2]);
  });

  it("are cut with a mark, never in the middle of a character", () => {
    expect(cutTo("開発環境", 6)).toBe("開発…");
    expect(cutTo("開発環境", 8)).toBe("開発環境");
    expect(cutTo("abc", 2)).toBe("a…");
    expect(cutTo("abc", 0)).toBe("");
  });
});
