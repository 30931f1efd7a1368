import ini from "ini";
import { describe, expect, test } from "vitest";
import { type ConfigFile, findSection, parseConfig, sectionNames } from "../../../src/config/ini.ts";
import { fc } from "../../support/fuzzing.ts";

const START = "https://d-1.awsapps.com/start#/";

describe("beside the package ini", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  const key = fc.stringMatching(/^[a-z][a-z_]{0,8}$/);
  const value = fc
    .stringMatching(/^[a-z0-9][a-zA-Z0-9/:@.+_-]{0,20}$/)
    .filter((text) => !/^(true|false|null)$/.test(text));
  const kind = fc.constantFrom("profile", "sso-session", "services");
  const section = fc.record({ kind, name, keys: fc.array(fc.tuple(key, value), { maxLength: 5 }) });
  const noise = fc.constantFrom("", "# comment", "; comment", "  ");

  test("both read the same from the common subset", () => {
    fc.assert(
      fc.property(
        fc.array(section, { maxLength: 8 }),
        noise,
        fc.constantFrom("\n", "\r\n"),
        (sections, filler, newline) => {
          const text = sections
            .flatMap(({ kind, name, keys }) => [
              `[${kind} ${name}]`,
              ...keys.map(([key, value]) => `${key} = ${value}`),
              filler,
            ])
            .join(newline);
          const ours = new Map(
            parseConfig(text, "config").map((found) => [
              `${found.kind} ${found.name}`,
              Object.fromEntries(found.keys),
            ]),
          );
          const theirs = new Map(
            Object.entries(ini.parse(text)).map(([header, keys]) => [header, { ...keys }]),
          );
          expect(ours).toEqual(theirs);
        },
      ),
    );
  });

  test("ini splits a name at its dots, we do not", () => {
    const text = "[profile my.team]\nregion = r1\n";
    expect(ini.parse(text)).toEqual({ "profile my": { team: { region: "r1" } } });
    expect(findSection(text, "config", "profile", "my.team")?.keys.get("region")).toBe("r1");
  });

  test("ini cuts a start URL at its #, we do not", () => {
    const text = `[sso-session corp]\nsso_start_url = ${START}\n`;
    expect(ini.parse(text)).toEqual({
      "sso-session corp": { sso_start_url: "https://d-1.awsapps.com/start" },
    });
    expect(findSection(text, "config", "sso-session", "corp")?.keys.get("sso_start_url")).toBe(START);
  });
});

describe("the scan for one section, or for names", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "[profile a]",
      "[profile b]",
      "[profile 'a']",
      "[profile ab]",
      "[profile 'a'b]",
      "[profile a\\b]",
      "  [profile a] # c",
      "[default]",
      "[profile default]",
      "[DEFAULT]",
      "[a]",
      "[sso-session a]",
      "[services a]",
      "[profile a",
      "  [x",
      "x = [profile a]",
      "k = v",
      "k =",
      "  n = 1",
      "  more",
      "K : w # c",
      "# [profile a]",
      ";",
      "",
      "\uFEFF",
      "\t[a]]",
      "[]",
      "[ profile  a ]#[",
    ),
    fc.string({ maxLength: 6 }),
    fc.string({ unit: fc.constantFrom("[", "]", " ", "a", "=", "#", "'"), maxLength: 10 }),
  );
  const text = fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), { maxLength: 30 })
    .map((lines) => lines.flat().join(""));

  test("finds exactly what the full parse finds", () => {
    fc.assert(
      fc.property(text, fc.constantFrom<ConfigFile>("config", "credentials"), (text, file) => {
        const all = parseConfig(text, file);
        const asked = [
          ...all,
          ...(["profile", "sso-session", "services"] as const).map((kind) => ({ kind, name: "ab" })),
        ];
        for (const { kind, name } of asked) {
          const expected = all.find((section) => section.kind === kind && section.name === name);
          expect(findSection(text, file, kind, name)).toEqual(expected);
        }
        for (const kind of ["profile", "sso-session"] as const) {
          const names = all.filter((section) => section.kind === kind).map((section) => section.name);
          expect(sectionNames(text, file, kind)).toEqual(names);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("hostile text", () => {
  const long = 4 * 1024 * 1024;
  test.each<[string, string]>([
    ["blanks", `a = ${" ".repeat(long)}x`],
    ["brackets", "[".repeat(long)],
    ["spaced brackets", "[ ".repeat(long / 2)],
    ["closed brackets", `[profile ${"]".repeat(long)}`],
    ["quotes in a header", `[profile ${`" `.repeat(long / 2)}]`],
    ["blanks in a header", `[profile ${" ".repeat(long)}y`],
    ["indented brackets", `${" ".repeat(long)}[`],
    ["word characters", `  ${"a".repeat(long)}`],
    ["many short lines", " [\n".repeat(long / 4)],
    ["carriage returns", "\r".repeat(long)],
  ])("%s by the million take no more than linear time", (_what, line) => {
    const found = findSection(
      `[profile x]\nregion = r1\n${line}\n[profile x]\noutput = json\n`,
      "config",
      "profile",
      "x",
    );
    expect(found?.keys.get("output")).toBe("json");
  });
});
