import { describe, expect, it } from "vitest";
import { isKind } from "../../../../src/errors.ts";
import type { Prompts } from "../../../../src/init/wizard/prompts.ts";
import {
  answer,
  outputQuestion,
  profileNameQuestion,
  regionQuestion,
  scopesQuestion,
  sessionNameQuestion,
  ssoRegionQuestion,
  startUrlQuestion,
} from "../../../../src/init/wizard/questions.ts";
import { nobody, somebody } from "./somebody.ts";

describe("answers", () => {
  it.each([
    ["https://d-1234567890.awsapps.com/start", startUrlQuestion(), undefined],
    ["https://x.awsapps.com/start#/", startUrlQuestion(), undefined],
    ["x.awsapps.com/start", startUrlQuestion(), undefined],
    ["d-1234567890", startUrlQuestion(), undefined],
    ["corp", startUrlQuestion(), "Not a valid Start URL: it is not an https URL: corp"],
    [
      "http://x.awsapps.com/start",
      startUrlQuestion(),
      "Not a valid Start URL: it is not an https URL: http://x.awsapps.com/start",
    ],
    [
      "https://x.awsapps.com/ #start",
      startUrlQuestion(),
      "Not a valid Start URL: it is not an https URL, as its character 23 is U+0020, a space: https://x.awsapps.com/ #start",
    ],
    ["sso:account:access, codewhisperer:completions", scopesQuestion(), undefined],
    [
      "sso:account:access codewhisperer:completions",
      scopesQuestion(),
      "Scope values must be separated by commas",
    ],
    ["a,,b", scopesQuestion(), "Scope values must be separated by commas"],
    [
      "sso:account\u200b:access",
      scopesQuestion(),
      "Scope values must be separated by commas; character 12 is U+200B, a zero-width space",
    ],
    ["us-gov-west-1", regionQuestion("eu-west-1"), undefined],
    [
      "us east",
      regionQuestion("eu-west-1"),
      "Not a valid region: it is not an AWS region, as its character 3 is U+0020, a space",
    ],
    [
      "euw-est-1",
      regionQuestion("eu-west-1"),
      "Not a valid region: it is not an AWS region; did you mean eu-west-1?",
    ],
    ["yaml-stream", outputQuestion(), undefined],
    ["off", outputQuestion(), undefined],
    ["jsno", outputQuestion(), "Not a valid output format; did you mean json?"],
    ["xml", outputQuestion(), "Not a valid output format; use json, text, table, yaml, yaml-stream, off"],
    ["my-sso", sessionNameQuestion([]), undefined],
    [
      "my sso",
      sessionNameQuestion([]),
      "Not a valid session name: some SDKs read only A-Z, a-z, 0-9 and _.@/%:+-; my-sso would do",
    ],
    [
      "my\u200bsso",
      sessionNameQuestion([]),
      "Not a valid session name: some SDKs read only A-Z, a-z, 0-9 and _.@/%:+-; character 3 is U+200B, a zero-width space",
    ],
    [
      "{account_name}\u2060",
      profileNameQuestion("x", true, () => undefined),
      "Not a valid profile name; character 15 is U+2060, a word joiner",
    ],
    ["my sso", sessionNameQuestion(["my sso"]), undefined],
  ])("are checked before they are taken: %j", (given, question, problem) => {
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
