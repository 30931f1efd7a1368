import { describe, expect, it } from "vitest";
import { isKind } from "../../../../src/errors.ts";
import { readCurrentConfig } from "../../../../src/init/plan/currentConfig.ts";
import { askProfile } from "../../../../src/init/wizard/profileAnswers.ts";
import type { Prompts } from "../../../../src/init/wizard/prompts.ts";
import {
  type Asking,
  answer,
  outputQuestion,
  regionQuestion,
  scopesQuestion,
  sessionNameQuestion,
  ssoRegionQuestion,
  startUrlQuestion,
} from "../../../../src/init/wizard/questions.ts";
import { askSession } from "../../../../src/init/wizard/sessionAnswers.ts";
import { ADMIN, ours, READ_ONLY } from "../plan/initOptions.ts";

const SESSION = "[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n";

/** A person who gives these answers in order. `asked` is what was shown. */
function somebody(answers: (string | undefined)[], takesDefaults = false) {
  const asked: string[] = [];
  const said: string[] = [];
  const prompts: Prompts = {
    askText: async ({ message, fallback }) => {
      asked.push(message);
      const given = answers.shift();
      return given === "" ? fallback : given;
    },
    askSome: () => Promise.reject(new Error("no menu is expected")),
  };
  const asking: Asking = { prompts, takesDefaults, say: (line) => said.push(line) };
  return { asked, said, asking };
}
const nobody: Asking = { prompts: undefined, takesDefaults: false, say: () => {} };

describe("answers", () => {
  it.each([
    [startUrlQuestion(), "https://d-1234567890.awsapps.com/start", undefined],
    [startUrlQuestion(), "https://x.awsapps.com/start#/", undefined],
    [startUrlQuestion(), "x.awsapps.com/start", undefined],
    [startUrlQuestion(), "d-1234567890", undefined],
    [startUrlQuestion(), "corp", "Not a valid Start URL: it is not an https URL: corp"],
    [
      startUrlQuestion(),
      "http://x.awsapps.com/start",
      "Not a valid Start URL: it is not an https URL: http://x.awsapps.com/start",
    ],
    [
      startUrlQuestion(),
      "https://x.awsapps.com/ #start",
      "Not a valid Start URL: it is not an https URL, as its character 23 is U+0020, a blank: https://x.awsapps.com/ #start",
    ],
    [scopesQuestion(), "sso:account:access, codewhisperer:completions", undefined],
    [
      scopesQuestion(),
      "sso:account:access codewhisperer:completions",
      "Scope values must be separated by commas",
    ],
    [scopesQuestion(), "a,,b", "Scope values must be separated by commas"],
    [regionQuestion("eu-west-1"), "us-gov-west-1", undefined],
    [
      regionQuestion("eu-west-1"),
      "us east",
      "Not a valid region: it is not an AWS region, as its character 3 is U+0020, a blank",
    ],
    [
      regionQuestion("eu-west-1"),
      "euw-est-1",
      "Not a valid region: it is not an AWS region; did you mean eu-west-1?",
    ],
    [outputQuestion(), "yaml-stream", undefined],
    [outputQuestion(), "off", undefined],
    [outputQuestion(), "jsno", "Not a valid output format; did you mean json?"],
    [outputQuestion(), "xml", "Not a valid output format; use json, text, table, yaml, yaml-stream, off"],
    [sessionNameQuestion([]), "my-sso", undefined],
    [
      sessionNameQuestion([]),
      "my sso",
      "Not a valid session name: some SDKs read only A-Z, a-z, 0-9 and _.@/%:+-; my-sso would do",
    ],
    [sessionNameQuestion(["my sso"]), "my sso", undefined],
  ])("%#: are checked before they are taken", (question, given, problem) => {
    expect(question.check(given)).toBe(problem);
  });

  it.each([
    ["d-1234567890", "https://d-1234567890.awsapps.com/start"],
    ["D-12345ABCDE", "https://d-12345abcde.awsapps.com/start"],
    ["corp.awsapps.com", "https://corp.awsapps.com/start"],
    ["corp.awsapps.com/start#/", "https://corp.awsapps.com/start#/"],
    ["sso.example.com", "https://sso.example.com"],
  ])("complete the start URL %s, and say so", async (short, whole) => {
    const { said, asking } = somebody([short]);
    expect(await answer(startUrlQuestion(), undefined, asking)).toBe(whole);
    expect(await answer(startUrlQuestion(), short, asking)).toBe(whole);
    expect(said).toEqual([`Using ${whole}`, `Using ${whole}`]);
  });

  it("question a region that the program does not know, and accept it if it is given again", async () => {
    const problems: (string | undefined)[] = [];
    const { asking } = somebody([]);
    const askText: Prompts["askText"] = async ({ check }) => {
      problems.push(check("eu-wset-1"), check("eu-wset-1"), check("eu-west-1"), check("nowhere"));
      return "eu-wset-1";
    };
    const prompts = { ...(asking.prompts as Prompts), askText };
    expect(await answer(ssoRegionQuestion(), undefined, { ...asking, prompts })).toBe("eu-wset-1");
    expect(problems).toEqual([
      "Not a region I know; did you mean eu-west-1? Enter again to keep it",
      undefined,
      undefined,
      "Not a valid region: it is not an AWS region",
    ]);
    expect(await answer(ssoRegionQuestion(), "eu-wset-1", asking)).toBe("eu-wset-1");
  });

  it("come from the flag first, then from the default where it is taken, then from the person", async () => {
    const { asked, asking } = somebody(["typed", "typed"]);
    expect(await answer(regionQuestion("eu-west-1"), "us-east-1", asking)).toBe("us-east-1");
    expect(await answer(regionQuestion("eu-west-1"), undefined, { ...asking, takesDefaults: true })).toBe(
      "eu-west-1",
    );
    expect(asked).toEqual([]);
    expect(await answer(startUrlQuestion(), undefined, { ...asking, takesDefaults: true })).toBe("typed");
    expect(await answer(regionQuestion("eu-west-1"), undefined, asking)).toBe("typed");
    expect(asked).toEqual(["SSO start URL [None]: ", "Default client Region [eu-west-1]: "]);
  });

  it("that nobody can give are an error with the flag, and what --yes would take", async () => {
    const failure = (question: Parameters<typeof answer>[0]) =>
      answer(question, undefined, nobody).catch((error) => error);
    expect((await failure(startUrlQuestion())).message).toBe(
      "there is no terminal to ask on: give --start-url",
    );
    const error = await failure(outputQuestion());
    expect(error.message).toBe("there is no terminal to ask on: give --output (--yes takes json)");
    expect(isKind(error, "usage")).toBe(true);
  });

  it("that the person refuses to give cancel", async () => {
    const { asking } = somebody([undefined]);
    const error = await answer(startUrlQuestion(), undefined, asking).catch((each) => each);
    expect(isKind(error, "cancelled")).toBe(true);
  });
});

describe("the session", () => {
  it("is asked for with all that a new one needs", async () => {
    const { asked, asking } = somebody(["corp", "https://x.awsapps.com/start", "eu-west-1", ""]);
    const { name, keys } = await askSession(readCurrentConfig(""), {}, asking);
    expect(asked).toEqual([
      "SSO session name (Recommended): ",
      "SSO start URL [None]: ",
      "SSO region [None]: ",
      "SSO registration scopes [sso:account:access]: ",
    ]);
    expect([name, Object.fromEntries(keys)]).toEqual([
      "corp",
      {
        sso_start_url: "https://x.awsapps.com/start",
        sso_region: "eu-west-1",
        sso_registration_scopes: "sso:account:access",
      },
    ]);
  });

  it("that exists is offered, and nothing else is asked about it", async () => {
    const { asked, asking } = somebody([""]);
    const { name, keys } = await askSession(readCurrentConfig(SESSION), {}, asking);
    expect([asked, name, keys.size]).toEqual([["SSO session name (Recommended) [my-sso]: "], "my-sso", 0]);
  });

  it("that has a profile already is not asked for", async () => {
    const { asked, said, asking } = somebody([]);
    const current = readCurrentConfig(SESSION + ours("dev", "111111111111", "Admin"));
    expect((await askSession(current, {}, asking)).name).toBe("my-sso");
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
    expect((await askSession(current, {}, asking)).name).toBe("other");
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
    isMany: false,
    adoptable: new Map(),
    conflictOf: () => undefined,
  };

  it("is asked for another name where somebody else has the one that was typed", async () => {
    const [asks, seen] = [somebody(["", "", "free"]), [] as string[]];
    const conflictOf = (names: readonly string[]) => (names.includes("dev") ? "dev is taken" : undefined);
    const askText: Prompts["askText"] = async (question) => {
      seen.push(question.check("dev") ?? "", question.check("free") ?? "");
      return asks.asking.prompts?.askText(question);
    };
    const asking = { ...asks.asking, prompts: { ...(asks.asking.prompts as Prompts), askText } };
    const all = { ...facts, conflictOf, wanted: [ADMIN] };
    const { nameTemplate } = await askProfile(readCurrentConfig(SESSION), all, {}, asking);
    expect([nameTemplate, ...seen.slice(-2)]).toEqual(["free", "dev is taken", ""]);
  });

  it("is asked for region, format and name", async () => {
    const { asked, asking } = somebody(["", "", ""]);
    const answers = await askProfile(readCurrentConfig(SESSION), { ...facts, wanted: [ADMIN] }, {}, asking);
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
    const all = {
      ...facts,
      adoptable: new Map([["dev", ADMIN]]),
      conflictOf: () => "taken",
      wanted: [ADMIN],
    };
    const { nameTemplate, adopt } = await askProfile(readCurrentConfig(SESSION), all, {}, asking);
    expect([asked.at(-1), nameTemplate, adopt]).toEqual(["Profile name [dev]: ", "dev", ["dev"]]);
  });

  it("takes region and format from the session's last profile", async () => {
    const current = readCurrentConfig(SESSION + ours("dev", "111111111111", "Admin", ["region = us-east-2"]));
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
    const answers = await askProfile(readCurrentConfig(SESSION), { ...facts, wanted }, {}, asking);
    expect(asked.at(-1)).toBe("Profile name template [{account_id}_{role_name}]: ");
    expect(said.at(-1)).toBe(
      "Fields for the profile names: {account_name} {account_id} {role_name} {session}",
    );
    expect(answers.nameTemplate).toBeUndefined();
  });
});
