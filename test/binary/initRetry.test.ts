import { describe, expect, it } from "vitest";
import { START_URL, sessionSection } from "../support/home.ts";
import { answer, desk } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { down, enter, controlC } = KEYS;

describe("a sign-in that fails in the wizard", () => {
  it("keeps every answer when the sign-in fails, and asks again from the start URL", async () => {
    const { init, config, center } = await desk({ browser: "ignore" });
    const wizard = init(["--use-device-code"]);
    await answer(wizard, [
      ["SSO session name (Recommended):", `corp${enter}`],
      ["SSO start URL [None]:", `d-1234567890${enter}`],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      ["Sign in to 'corp'", ""],
    ]);
    await expect.poll(() => center.count("/device_authorization")).toBe(1);
    center.denyDevice();
    await answer(wizard, [
      [`SSO start URL [${START_URL}]:`, enter],
      ["SSO region [eu-west-1]:", enter],
      ["SSO registration scopes", enter],
    ]);
    await expect.poll(() => center.count("/device_authorization")).toBe(2);
    center.approveDevice();
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", down + down + enter],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain(sessionSection("corp"));
  });

  it("keeps every answer after a Ctrl-C in the sign-in, and ends with the next one", async () => {
    const { init, home, browser } = await desk({ browser: "ignore" });
    const wizard = init();
    const again = "sso-cred: the sign-in was cancelled\n";
    await answer(wizard, [
      ["SSO session name (Recommended):", `corp${enter}`],
      ["SSO start URL [None]:", `d-1234567890${enter}`],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      ["Waiting for your browser … (Ctrl-C cancels)", controlC],
      [`${again}SSO start URL [${START_URL}]:`, enter],
      ["SSO region [eu-west-1]:", enter],
      [/(?:scopes \[sso:account:access\].*){2}/s, enter],
      [/(?:Waiting for your browser.*){2}/s, controlC],
      [new RegExp(`(?:${again}.*){2}SSO start URL`, "s"), controlC],
    ]);
    const { code, screen } = await wizard.done;
    expect([code, screen.split("\n").at(-1)]).toEqual([130, "sso-cred: cancelled; nothing was written"]);
    expect(browser.opened()).toHaveLength(2);
    expect(await home.exists(".aws/config")).toBe(false);
  });

  it("asks whether to try again after a Ctrl-C in the sign-in to a session of the config", async () => {
    const { init, browser } = await desk({ config: sessionSection("corp"), browser: "ignore" });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["Waiting for your browser … (Ctrl-C cancels)", controlC],
      ["sso-cred: the sign-in was cancelled\nTry again? [Y/n]:", enter],
    ]);
    await wizard.waitFor(/(?:Waiting for your browser.*){2}/s);
    await fetch(browser.opened()[1] as string);
    await answer(wizard, [["Signed in.\nThere are 2 AWS accounts available to you.", controlC]]);
    expect((await wizard.done).code).toBe(130);
  });
});
