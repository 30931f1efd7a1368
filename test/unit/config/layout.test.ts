import { expect, test } from "vitest";
import { layOut } from "../../../src/config/layout.ts";

const LONG = 1024 * 1024;

test.each<[string, string]>([
  ["comment signs before a line separator", `region = a${" #b".repeat(LONG / 4)}\u2028`],
  ["comment signs", `region = a${" #".repeat(LONG / 2)}`],
  ["blanks", `a = ${" ".repeat(LONG)}x`],
  ["delimiters", "=:".repeat(LONG / 2)],
  ["word characters", `  ${"a".repeat(LONG)}`],
  ["blanks in a header", `[profile ${" ".repeat(LONG)}y`],
  ["brackets", "[".repeat(LONG)],
  ["many short lines", " [\n".repeat(LONG / 4)],
  ["carriage returns", "\r".repeat(LONG)],
  ["continuations", `a =${"\n b".repeat(LONG / 4)}`],
])("%s by the hundred thousand are laid out in no more than linear time", (_what, line) => {
  const sections = layOut(`[profile x]\nregion = r1\n${line}\n[profile y]\noutput = json\n`);
  expect(sections[0]?.options[0]?.key).toBe("region");
  expect(sections.at(-1)?.options.map(({ key }) => key)).toEqual(["output"]);
});
