import { fc } from "../../support/fuzzing.ts";

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");
const blanks = fc.constantFrom("", "", "", " ", "  ", "\t");
const name = fc.constantFrom("a", "dev", "prod", "my-sso", "x.y/z", "default", "'two words'");

const header = fc.oneof(
  name.map((each) => `[profile ${each}]`),
  name.map((each) => `[sso-session ${each}]`),
  fc.constantFrom(
    "[default]",
    "[profile dev] ; mine",
    "[DEFAULT]",
    "[plugins]",
    "[services s]",
    "  [profile dev]",
  ),
);

const command = fc.constantFrom(
  "/old/bin/sso-cred my-sso --account-id 111111111111 --role-name Admin",
  "sso-cred my-sso --account-id 222222222222 --role-name ReadOnly",
  '"/my apps/sso-cred" my-sso --account-id 111111111111 --role-name ReadOnly # by me',
  "/usr/bin/other-tool --json",
);

const key = fc.constantFrom(
  "region",
  "output",
  "Region",
  "sso_session",
  "sso_account_id",
  "sso_role_name",
  "x",
);

const option = fc.oneof(
  fc
    .tuple(
      blanks,
      key,
      blanks,
      fc.constantFrom("=", "=", ":"),
      blanks,
      fc.constantFrom("r1", "my-sso", "a # b", ""),
    )
    .map((parts) => parts.join("")),
  command.map((each) => `credential_process = ${each}`),
);

const line = fc.oneof(
  { weight: 3, arbitrary: header },
  { weight: 8, arbitrary: option },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "  ",
      "# note",
      "  ; note",
      "   more",
      "    max = 10",
      "no delimiter",
      "] odd [",
    ),
  },
);

/** Configs in every known dialect: comments, odd spacing, line ends, repeated sections and keys. */
export const configText: fc.Arbitrary<string> = fc
  .tuple(
    fc.boolean(),
    lineEnd,
    fc.array(fc.tuple(line, fc.boolean()), { maxLength: 30 }),
    lineEnd,
    fc.boolean(),
  )
  .map(([mark, usual, lines, other, isEnded]) => {
    const text = lines.map(([each, isUsual]) => each + (isUsual ? usual : other)).join("");
    return (mark ? "\ufeff" : "") + (isEnded ? text : text.replace(/[\r\n]+$/, ""));
  });
