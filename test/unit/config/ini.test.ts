import { describe, expect, test } from "vitest";
import { parseConfig, type Section } from "../../../src/config/ini.ts";

/** Kind and name, keys and nested maps of each section. */
function plain(sections: Section[]) {
  return sections.map(({ kind, name, keys, nested }) => [
    `${kind} ${name}`,
    Object.fromEntries(keys),
    ...(nested.size > 0
      ? [Object.fromEntries([...nested].map(([key, map]) => [key, Object.fromEntries(map)]))]
      : []),
  ]);
}

const START = "https://d-1.awsapps.com/start#/";

describe("the dialect of the config", () => {
  test.each<[why: string, text: string, sections: unknown[]]>([
    ["profile", "[profile dev]\nregion = r1\n", [["profile dev", { region: "r1" }]]],
    ["session", "[sso-session corp]\nsso_region=r1", [["sso-session corp", { sso_region: "r1" }]]],
    ["services", "[services s]\n", [["services s", {}]]],
    ["default", "[default]\na = b", [["profile default", { a: "b" }]]],
    [
      "an unknown kind",
      "[plugins]\na = b\n[x y]\n",
      [
        ["other plugins", { a: "b" }],
        ["other x y", {}],
      ],
    ],
    ["a kind in another case is unknown, as in the CLI", "[Profile x]", [["other Profile x", {}]]],
    ["a longer word is no kind, other than in the CLI", "[profile-old x]", [["other profile-old x", {}]]],
    ["byte order mark", "\uFEFF[profile x]\na = b", [["profile x", { a: "b" }]]],
    ["CRLF", "[profile x]\r\na = b\r\nc = d\r\n", [["profile x", { a: "b", c: "d" }]]],
    ["CR", "[profile x]\ra = b\rc = d\r", [["profile x", { a: "b", c: "d" }]]],
    [
      "duplicate sections",
      "[profile x]\na = 1\nb = 1\n[profile y]\n[profile x]\nb = 2",
      [
        ["profile x", { a: "1", b: "2" }],
        ["profile y", {}],
      ],
    ],
    ["duplicate keys, the last wins in any case", "[profile x]\nA = 1\na = 2", [["profile x", { a: "2" }]]],
    ["keys in any case", "[profile x]\nSSO_Region = r1", [["profile x", { sso_region: "r1" }]]],
    [
      "[profile default] replaces [default] whole",
      "[profile default]\na = 1\n[default]\nb = 2",
      [["profile default", { a: "1" }]],
    ],
    ["double quotes around a name", '[profile "my profile"]', [["profile my profile", {}]]],
    ["single quotes around a name", "[sso-session 'my sso']", [["sso-session my sso", {}]]],
    ["a shell-quoted apostrophe", `[profile 'bob'"'"'s']`, [["profile bob's", {}]]],
    ["an apostrophe that opens nothing", "[profile bob's]", [["profile bob's", {}]]],
    ["a name with blanks", "[profile my profile]", [["profile my profile", {}]]],
    ["a name with dots", "[profile my.team.dev]", [["profile my.team.dev", {}]]],
    ["a non-ASCII name", "[profile bücher-本]", [["profile bücher-本", {}]]],
    ["tab after the kind", "[sso-session\tx]", [["sso-session x", {}]]],
    ["two blanks after the kind", "[profile  x]", [["profile x", {}]]],
    [
      "blanks inside the brackets",
      "[ profile x ]\n[ default ]",
      [
        ["profile x", {}],
        ["profile default", {}],
      ],
    ],
    ["a comment right after the bracket", "[profile x]#c", [["profile x", {}]]],
    ["a comment with brackets", "[profile x] # see [wiki]", [["profile x", {}]]],
    ["text after the bracket", "[profile x] text\na = b", [["profile x", { a: "b" }]]],
    ["a comment sign inside a quoted name", "[profile 'a #b']", [["profile a #b", {}]]],
    [
      "an unclosed bracket hides its keys from the section above",
      "[profile x]\na = 1\n[profile y\na = 2",
      [
        ["profile x", { a: "1" }],
        ["other [profile y", { a: "2" }],
      ],
    ],
    [
      "an indented header",
      "[profile x]\na = 1\n  [profile y]\n  b = 2",
      [
        ["profile x", { a: "1" }],
        ["profile y", { b: "2" }],
      ],
    ],
    ["an indented section", "  [profile x]\n  a = 1\n  b = 2", [["profile x", { a: "1", b: "2" }]]],
    ["indented keys", "[profile x]\n\ta = 1\n\tb = 2", [["profile x", { a: "1", b: "2" }]]],
    ["whole-line comments", "# c\n[profile x]\n; a = 1\n  # b = 1\nc = 2", [["profile x", { c: "2" }]]],
    [
      "comment after a value",
      "[profile x]\na = r1 # c\nb = r2\t; c\nc = r3 #c",
      [["profile x", { a: "r1", b: "r2", c: "r3" }]],
    ],
    [
      "a sign without white space is no comment",
      `[profile x]\na = ${START}\nb = x;y#z`,
      [["profile x", { a: START, b: "x;y#z" }]],
    ],
    ["a comment after a start URL", `[profile x]\na = ${START} # c`, [["profile x", { a: START }]]],
    ["a comment in place of a value", "[profile x]\na = # c\nb =", [["profile x", { a: "", b: "" }]]],
    [
      "comment signs in a command line",
      `[profile x]\ncredential_process = "/a #b/c" ; d`,
      [["profile x", { credential_process: `"/a #b/c" ; d` }]],
    ],
    ["colon as delimiter", "[profile x]\na : b = c\nd: e", [["profile x", { a: "b = c", d: "e" }]]],
    ["the first delimiter counts", "[profile x]\na = b:c=d", [["profile x", { a: "b:c=d" }]]],
    ["lines without delimiter and without key", "[profile x]\nwhat\n= b\na = 1", [["profile x", { a: "1" }]]],
    ["keys before the first section", "a = 1\n[profile x]", [["profile x", {}]]],
    [
      "a continued value",
      "[profile x]\na = 1,\n  2,\n\n  # c\n  3\nb = 4",
      [["profile x", { a: "1,\n2,\n3", b: "4" }]],
    ],
    [
      "a continued command line",
      "[profile x]\ncredential_process = sso-cred\n  --account-id=1",
      [["profile x", { credential_process: "sso-cred\n--account-id=1" }]],
    ],
    ["a mis-indented key", "[profile x]\na = 1\n  b = 2", [["profile x", { a: "1", b: "2" }]]],
    ["a value on the next line", "[profile x]\na =\n  b\n  c:d", [["profile x", { a: "b\nc:d" }]]],
    [
      "a nested map",
      "[profile x]\ns3 =\n  a = 1 # c\n\n  B = 2\nregion = r",
      [["profile x", { s3: "", region: "r" }, { s3: { a: "1", b: "2" } }]],
    ],
    [
      "a nested map after a comment",
      "[services x]\nsso = # c\n  endpoint_url = u",
      [["services x", { sso: "" }, { sso: { endpoint_url: "u" } }]],
    ],
    ["no nested map at the same depth", "[profile x]\n  s3 =\n  a = 1", [["profile x", { s3: "", a: "1" }]]],
    [
      "a later value replaces a nested map",
      "[profile x]\ns3 =\n  a = 1\ns3 = no",
      [["profile x", { s3: "no" }]],
    ],
    ["nothing is interpolated", "[profile x]\na = %(b)s $HOME ~", [["profile x", { a: "%(b)s $HOME ~" }]]],
    ["quotes in values stay", `[profile x]\na = "b"`, [["profile x", { a: '"b"' }]]],
    [
      "[DEFAULT] is inherited",
      "[profile x]\na = 1\n[DEFAULT]\na = 0\nb = 0\n[sso-session y]",
      [
        ["profile x", { a: "1", b: "0" }],
        ["sso-session y", { a: "0", b: "0" }],
      ],
    ],
    [
      "a value replaces an inherited nested map",
      "[DEFAULT]\ns3 =\n  a = 1\n[profile x]\ns3 = no",
      [["profile x", { s3: "no" }]],
    ],
    [
      "names that JavaScript knows",
      "[profile __proto__]\n__proto__ = 1\nconstructor = 2",
      [
        [
          "profile __proto__",
          Object.fromEntries([
            ["__proto__", "1"],
            ["constructor", "2"],
          ]),
        ],
      ],
    ],
    ["nothing", "", []],
  ])("reads: %s", (_why, text, sections) => {
    expect(plain(parseConfig(text, "config"))).toEqual(sections);
  });

  test.each<[why: string, text: string, sections: unknown[]]>([
    [
      "bare names",
      "[default]\na = 1\n[dev]\nb = 2",
      [
        ["profile default", { a: "1" }],
        ["profile dev", { b: "2" }],
      ],
    ],
    ["names with blanks", "[my profile]", [["profile my profile", {}]]],
    ["a kind is a part of the name", "[profile x]", [["profile profile x", {}]]],
    ["[DEFAULT] is inherited", "[DEFAULT]\na = 0\n[x]", [["profile x", { a: "0" }]]],
  ])("reads in the credentials file: %s", (_why, text, sections) => {
    expect(plain(parseConfig(text, "credentials"))).toEqual(sections);
  });
});
