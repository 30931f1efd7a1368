import { describe, expect, it, test } from "vitest";
import { planConfig, planRepair, planRevert } from "../../../../src/init/plan/plan.ts";
import { readCurrentConfig } from "../../../../src/init/plan/planInput.ts";
import { fc } from "../../../support/fuzzing.ts";
import { planned } from "../../fuzz/properties/plans.ts";
import { ADMIN, files, options, ours } from "./initOptions.ts";

const START_URL = "https://d-1234567890.awsapps.com/start";
const SESSION = `[sso-session my-sso]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
const adoptAll = options({ adopt: "all", sessionKeys: new Map() });
const LINUX = { command: "/opt/bin/sso-cred", isCommandGiven: false, platform: "linux" } as const;

const adopted = (text: string) => planConfig(files(text), adoptAll);
const roles = (text: string) =>
  [...readCurrentConfig(text).ours].map(
    ([name, { session, accountId, roleName }]) => `${name}: ${session} ${accountId} ${roleName}`,
  );

describe("adopting", () => {
  const keys = "sso_account_id = 111111111111\nsso_role_name = Admin\n";
  const legacy = `sso_start_url = ${START_URL}\nsso_region = eu-west-1\n${keys}`;
  it.each([
    ["a profile with sso_session", `sso_session = my-sso\n${keys}`],
    ["a legacy profile", legacy],
    ["a legacy profile whose start URL is spelt otherwise", legacy.replace("/start", "/start/#/")],
    ["aws-sso-util", `credential_process = aws-sso-util credential-process --profile dev\n${legacy}`],
    [
      "granted",
      `credential_process = granted credential-process --auto-login --profile dev\n${legacy.replaceAll(/^sso_/gm, "granted_sso_")}`,
    ],
    [
      "aws-vault export",
      `credential_process = /opt/aws-vault export --format=json dev\nsso_session = my-sso\n${keys}`,
    ],
    ["aws-vault exec of another profile", "credential_process = aws-vault exec --json base\n"],
    [
      "aws-vault with flags before the subcommand",
      "credential_process = aws-vault --prompt=pass exec --json base\n",
    ],
    [
      "aws-vault with flags whose values stand apart",
      "credential_process = aws-vault --prompt pass export --format json -d 1h base\n",
    ],
    ["aws-sso", "credential_process = aws-sso process --arn arn:aws:iam::111111111111:role/Admin\n"],
    ["aws-sso by account and role", "credential_process = aws-sso process -A 111111111111 --role=Admin\n"],
    ["aws-sso-credentials", `credential_process = aws-sso-credentials --profile dev\n${legacy}`],
  ])("takes %s", (_what, body) => {
    const base = `[profile base]\nsso_session = my-sso\n${keys}`;
    const text = `${base}[profile dev]\n${body}${SESSION}`;
    const { after } = adopted(text);
    expect(roles(after)).toEqual(["base: my-sso 111111111111 Admin", "dev: my-sso 111111111111 Admin"]);
    expect(adopted(after).edits).toEqual([]);
    expect(planRevert(files(after), "my-sso").after).toBe(text);
  });

  it.each([
    ["another portal's legacy profile", legacy.replace("d-1", "d-2")],
    ["a legacy profile of another region", legacy.replace("eu-west-1", "us-east-1")],
    [
      "another portal's aws-sso-util",
      `credential_process = aws-sso-util credential-process\n${legacy.replace("d-1", "d-2")}`,
    ],
    ["a program that nobody knows", `credential_process = mine --profile dev\n${legacy}`],
    ["a profile with static keys", `aws_access_key_id = A\n${legacy}`],
    [
      "aws-vault's line for a profile that assumes a role",
      `credential_process = aws-vault exec --json base\n[profile base]\nrole_arn = x\n${legacy}`,
    ],
  ])("leaves %s", (_what, body) => {
    expect(adopted(`[profile dev]\n${body}${SESSION}`).edits).toEqual([]);
  });

  it("names the tool in the plan, and shows its line", () => {
    const { edits } = adopted(
      `[profile dev]\ncredential_process = granted credential-process\n${legacy}${SESSION}`,
    );
    expect(edits[0]).toMatchObject({ reason: "adopted from granted" });
    expect(edits[0]?.before).toContain("credential_process = granted credential-process");
  });

  it("gives a role the name of the one profile that was chosen for it", () => {
    const text = `[profile dev]\n${legacy}[profile other]\n${legacy}${SESSION}`;
    const { after } = planConfig(
      files(text),
      options({ adopt: ["dev"], wanted: [ADMIN], nameTemplate: "dev", sessionKeys: new Map() }),
    );
    expect(roles(after)).toEqual(["dev: my-sso 111111111111 Admin"]);
  });
});

test("a [default] that holds only region and output becomes ours, and keeps both", () => {
  const text = `[default]\n# here\nregion = us-east-2\n\n${SESSION}`;
  const some = options({ wanted: [ADMIN], nameTemplate: "default", sessionKeys: new Map() });
  const { after } = planConfig(files(text), some);
  expect(after).toBe(
    `[default]\n# here\nregion = us-east-2\ncredential_process = /opt/bin/sso-cred my-sso --account-id 111111111111 --role-name Admin\noutput = json\n\n${SESSION}`,
  );
});

describe("reverting", () => {
  const line = fc.constantFrom(
    "sso_session = my-sso",
    "SSO_SESSION=my-sso",
    "sso_account_id = 111111111111",
    "sso_account_id: 222222222222 ; other",
    "sso_role_name = Admin",
    `sso_start_url = ${START_URL}#/`,
    "sso_region = eu-west-1",
    "region = x",
    "s3 =",
    "    max = 10",
    "  sso_role_name = ReadOnly",
    "credential_process = aws-vault exec --json b",
    "credential_process = granted credential-process --profile a # mine",
    "",
    "  ",
    "# note",
    "stray",
  );
  const section = fc
    .tuple(fc.constantFrom("a", "b", "'c d'"), fc.array(line, { maxLength: 9 }))
    .map(([name, lines]) => [`[profile ${name}]`, ...lines]);
  const text = fc
    .tuple(
      fc.boolean(),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(section, { maxLength: 4 }),
      fc.boolean(),
    )
    .map(([mark, end, sections, isEnded]) => {
      const lines = [...SESSION.trim().split("\n"), ...sections.flat()];
      return (mark ? "\ufeff" : "") + lines.join(end) + (isEnded ? end : "");
    });

  it("after adopting restores the file, byte for byte", () => {
    let changed = 0;
    fc.assert(
      fc.property(text, (before) => {
        const plan = planned(files(before), adoptAll);
        if (plan === undefined) return;
        if (plan.after !== before) changed++;
        expect(planRevert(files(plan.after), "my-sso").after).toBe(before);
      }),
      { numRuns: 2000 },
    );
    expect(changed).toBeGreaterThan(100);
  });

  it("gives profiles that init wrote the AWS CLI's keys, under the same names", () => {
    const mine = ours("dev", "111111111111", ["region = r", "# note"]);
    const other = ours("x", "222222222222").replace("my-sso", "other");
    const { after, edits } = planRevert(files(mine + other + SESSION), "my-sso");
    expect(after).toBe(
      `[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\nregion = r\n# note\n${other}${SESSION}`,
    );
    expect(edits.map(({ profile }) => profile)).toEqual(["dev"]);
    expect(planRevert(files(mine + other + SESSION), undefined).edits).toHaveLength(2);
    expect(planRevert(files(after), "my-sso").edits).toEqual([]);
  });

  it("keeps the role that the profile has now", () => {
    const text = `[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\n${SESSION}`;
    const moved = adopted(text).after.replace("--role-name Admin", "--role-name Other");
    expect(planRevert(files(moved), "my-sso").after).toBe(text.replace("Admin", "Other"));
  });
});

describe("a repair", () => {
  const moved = (name: string, accountId: string) =>
    ours(name, accountId, ["region = mine"]).replace("/opt/bin", "/gone");
  it("brings the path in every profile of ours up to date, of any session, and changes nothing else", () => {
    const text = `${moved("a", "111111111111")}${moved("b", "222222222222").replace("my-sso", "other")}[profile c]\nx = y\n${SESSION}`;
    const { after, edits } = planRepair(files(text), undefined, LINUX);
    expect(after).toBe(text.replaceAll("/gone", "/opt/bin"));
    expect(edits.map(({ action, profile }) => `${action} ${profile}`)).toEqual(["change a", "change b"]);
    expect(planRepair(files(after), undefined, LINUX).edits).toEqual([]);
    expect(planRepair(files(text), "other", LINUX).edits.map(({ profile }) => profile)).toEqual(["b"]);
  });

  it("leaves a bare name, which is found by PATH", () => {
    const text = ours("a", "111111111111").replace("/opt/bin/", "") + SESSION;
    expect(planRepair(files(text), undefined, LINUX).edits).toEqual([]);
  });
});
