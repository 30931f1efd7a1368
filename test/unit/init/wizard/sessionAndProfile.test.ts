import { describe, expect, it } from "vitest";
import { readCurrentConfig } from "../../../../src/init/plan/planInput.ts";
import { askProfile } from "../../../../src/init/wizard/profileAnswers.ts";
import type { Prompts } from "../../../../src/init/wizard/prompts.ts";
import { askSession } from "../../../../src/init/wizard/sessionAnswers.ts";
import { ADMIN, files, ours, READ_ONLY } from "../plan/initOptions.ts";
import { nobody, somebody } from "./somebody.ts";

const SESSION = "[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n";

describe("the session", () => {
  it("is asked for with all that a new one needs", async () => {
    const { asked, asking } = somebody(["corp", "https://x.awsapps.com/start", "eu-west-1", ""]);
    const { session, sessionKeys } = await askSession(readCurrentConfig(""), {}, asking);
    expect(asked).toEqual([
      "SSO session name (Recommended): ",
      "SSO start URL [None]: ",
      "SSO region [None]: ",
      "SSO registration scopes [sso:account:access]: ",
    ]);
    expect([session, Object.fromEntries(sessionKeys)]).toEqual([
      "corp",
      {
        sso_start_url: "https://x.awsapps.com/start",
        sso_region: "eu-west-1",
        sso_registration_scopes: "sso:account:access",
      },
    ]);
  });

  it("that is new has the one portal of the existing profiles as its default", async () => {
    const legacy = "[profile old]\nsso_start_url = https://x.awsapps.com/start/\nsso_region = eu-west-1\n";
    const granted = legacy
      .replace("/start/", "/start")
      .replace("old", "granted")
      .replaceAll("sso_", "granted_sso_");
    const line = "credential_process = granted credential-process\n";
    const flags = "--sso-start-url https://x.awsapps.com/start --sso-region eu-west-1";
    const other = `[profile util]\ncredential_process = aws-sso-util credential-process ${flags}\n`;
    const { asked, asking } = somebody(["corp", "", "", ""]);
    await askSession(readCurrentConfig(legacy + granted + line + other), {}, asking);
    expect(asked.slice(1, 3)).toEqual([
      "SSO start URL [https://x.awsapps.com/start/]: ",
      "SSO region [eu-west-1]: ",
    ]);
  });

  it("that exists is offered, and nothing else is asked about it", async () => {
    const { asked, asking } = somebody([""]);
    const { session, sessionKeys } = await askSession(readCurrentConfig(SESSION), {}, asking);
    expect([asked, session, sessionKeys.size]).toEqual([
      ["SSO session name (Recommended) [my-sso]: "],
      "my-sso",
      0,
    ]);
  });

  it("that has a profile already is not asked for", async () => {
    const { asked, said, asking } = somebody([]);
    const current = readCurrentConfig(SESSION + ours("dev", "111111111111"));
    expect((await askSession(current, {}, asking)).session).toBe("my-sso");
    expect([asked, said]).toEqual([
      [],
      ["SSO session name (Recommended): my-sso   (another: sso-cred init NAME)"],
    ]);
  });

  it("is asked for its missing keys", async () => {
    const half = "[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\n";
    const { asked, asking } = somebody(["eu-west-1"]);
    await askSession(readCurrentConfig(half), { session: "my-sso" }, asking);
    expect(asked).toEqual(["SSO region [None]: "]);
  });

  it("of several is named in the question, and in the error where nobody can be asked", async () => {
    const current = readCurrentConfig(SESSION + SESSION.replace("my-sso", "other"));
    const { said, asked, asking } = somebody(["other"]);
    expect((await askSession(current, {}, asking)).session).toBe("other");
    expect([said, asked]).toEqual([
      ["Sessions in the config: my-sso, other"],
      ["SSO session name (Recommended): "],
    ]);
    const error = await askSession(current, {}, nobody).catch((each) => each);
    expect(error.message).toBe("which session? there are my-sso, other; give --sso-session");
  });
});

describe("the profile", () => {
  const facts = {
    session: "my-sso",
    ssoRegion: "eu-west-1",
    sessionKeys: new Map<string, string>(),
    isMany: false,
  };

  it("is asked for another name where somebody else has the one that was typed", async () => {
    const [asks, seen] = [somebody(["", "", "free"]), [] as string[]];
    const current = files(`${SESSION}[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/other\n`);
    const askText: Prompts["askText"] = async (question) => {
      seen.push(question.check("dev") ?? "", question.check("free") ?? "");
      return asks.asking.prompts?.askText(question);
    };
    const asking = { ...asks.asking, prompts: { ...(asks.asking.prompts as Prompts), askText } };
    const { nameTemplate } = await askProfile(current, { ...facts, wanted: [ADMIN] }, {}, asking);
    const taken = "The config already has [profile dev], not written for this session";
    expect([nameTemplate, ...seen.slice(-2)]).toEqual(["free", taken, ""]);
  });

  it("is asked for region, format and name", async () => {
    const { asked, asking } = somebody(["", "", ""]);
    const answers = await askProfile(files(SESSION), { ...facts, wanted: [ADMIN] }, {}, asking);
    expect(asked).toEqual([
      "Default client Region [eu-west-1]: ",
      "CLI default output format (json if not specified) [json]: ",
      "Profile name [111111111111_Admin]: ",
    ]);
    expect(answers).toEqual({
      region: "eu-west-1",
      output: "json",
      nameTemplate: "111111111111_Admin",
      adopt: [],
    });
  });

  it("proposes the name of the legacy profile with that role, which then becomes ours", async () => {
    const { asked, asking } = somebody(["", "", ""]);
    const role = "sso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\n";
    const current = files(`${SESSION}[profile dev]\n${role}`);
    const { nameTemplate, adopt } = await askProfile(current, { ...facts, wanted: [ADMIN] }, {}, asking);
    expect([asked.at(-1), nameTemplate, adopt]).toEqual(["Profile name [dev]: ", "dev", ["dev"]]);
  });

  it("takes region and format from the session's last profile", async () => {
    const current = files(SESSION + ours("dev", "111111111111", ["region = us-east-2"]));
    const { asked, said, asking } = somebody(["", ""]);
    const { region } = await askProfile(current, { ...facts, wanted: [READ_ONLY] }, {}, asking);
    expect(region).toBe("us-east-2");
    expect(said).toEqual(["Default client Region [us-east-2]: us-east-2"]);
    expect(asked.map((message) => message.split(" [")[0])).toEqual([
      "CLI default output format (json if not specified)",
      "Profile name",
    ]);
  });

  it("of several roles is asked for a template", async () => {
    const { asked, said, asking } = somebody(["", "", ""]);
    const wanted = [ADMIN, READ_ONLY];
    const answers = await askProfile(files(SESSION), { ...facts, wanted }, {}, asking);
    expect(asked.at(-1)).toBe("Profile name template [{account_id}_{role_name}]: ");
    expect(said.at(-1)).toBe(
      "Fields for the profile names: {account_name} {account_id} {role_name} {session}",
    );
    expect(answers.nameTemplate).toBeUndefined();
  });
});
