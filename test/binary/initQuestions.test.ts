import { describe, expect, it } from "vitest";
import { START_URL, sessionSection } from "../support/home.ts";
import { answer, desk } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { enter, controlC, escape: esc, backspace, tab } = KEYS;

describe("the questions of the wizard", () => {
  it("asks again after an invalid answer, and says why", async () => {
    const { init } = await desk();
    const wizard = init();
    await answer(wizard, [
      ["SSO session name", `two words${enter}`],
      ["Not a valid session name", backspace.repeat(9) + enter],
      ["A value is required", `corp${enter}`],
      ["SSO start URL [None]:", `nonsense${enter}`],
      ["Not a valid Start URL", `${backspace.repeat(8)}${START_URL}${enter}`],
      ["SSO region [None]:", `eu west${enter}`],
      ["Not a valid region", `${backspace.repeat(7)}eu-west-1${enter}`],
      ["SSO registration scopes", `a b${enter}`],
    ]);
    await wizard.waitFor("Scope values must be separated by commas");
    expect(await wizard.screen()).toBe(
      [
        "SSO session name (Recommended): corp",
        "(your AWS access portal's address, as in the invitation)",
        `SSO start URL [None]: ${START_URL}`,
        "SSO region [None]: eu-west-1",
        "SSO registration scopes [sso:account:access]: a b",
        "Scope values must be separated by commas",
      ].join("\n"),
    );
    wizard.type(esc);
    expect((await wizard.done).code).toBe(130);
  });

  it("completes a region and an output format by Tab", async () => {
    const { init, config } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", `prod${enter}`],
      ["Default client Region [eu-west-1]:", "AP-SOUTHEAST"],
      [/: AP-SOUTHEAST\ntab: ap-southeast-1 ap-southeast-2 ap-southeast-3 .* …$/, tab],
      [/: ap-southeast-\n/, `7${enter}`],
      ["CLI default output format", "yaml-"],
      ["tab: yaml-stream", tab + enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("region = ap-southeast-7\noutput = yaml-stream\n");
  });

  it.each([
    ["d-12345", "a directory id is d- and ten characters of 0-9 and a-f"],
    ["ssoins-7223b02cd11c1cc6", "it is the id of the instance, not of the directory (d-…)"],
    [
      "http://d-1234567890.awsapps.com/start",
      "it is not an https URL:\nhttp://d-1234567890.awsapps.com/start",
    ],
  ])("says why %s is no start URL, and keeps the typed text", async (typed, reason) => {
    const { init } = await desk();
    const wizard = init(["corp"]);
    await answer(wizard, [["SSO start URL [None]:", typed + enter]]);
    await wizard.waitFor("Not a valid");
    expect((await wizard.screen()).split("\n").slice(1).join("\n")).toBe(
      `SSO start URL [None]: ${typed}\nNot a valid Start URL: ${reason}`,
    );
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
  });
});
