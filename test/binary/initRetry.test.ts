import { lookup } from "node:dns/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { profile, START_URL, sessionSection } from "../support/home.ts";
import { answer, desk, NEW_SESSION, USUAL_PROFILE } from "../support/initDesk.ts";
import { KEYS, startOnTerminal } from "../support/pty.ts";
import { BARE_PATH, placeExecutable } from "../support/run.ts";

const { down, enter, controlC } = KEYS;

describe("a sign-in that fails in the wizard", () => {
  it("keeps every answer when the sign-in fails, and asks again from the start URL", async () => {
    const { init, config, center } = await desk({ browser: "ignore" });
    const wizard = init(["--use-device-code"]);
    await answer(wizard, [...NEW_SESSION, ["Sign in to 'corp'", ""]]);
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
      ...USUAL_PROFILE,
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain(sessionSection("corp"));
  });

  it("keeps every answer after a Ctrl-C in the sign-in, and ends with the next one", async () => {
    const { init, home, browser } = await desk({ browser: "ignore" });
    const wizard = init();
    const again = "sso-cred: the sign-in was cancelled\n";
    await answer(wizard, [
      ...NEW_SESSION,
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

  it("asks for the session again after a Ctrl-C in the sign-in to one of the config", async () => {
    const { init, browser } = await desk({ config: sessionSection("corp"), browser: "ignore" });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["Waiting for your browser … (Ctrl-C cancels)", controlC],
      [/the sign-in was cancelled\n\(Enter tries again, .*\nSSO session name .* \[corp\]:/s, enter],
    ]);
    await wizard.waitFor(/(?:Waiting for your browser.*){2}/s);
    await fetch(browser.opened()[1] as string);
    await answer(wizard, [["Signed in.\nThere are 2 AWS accounts available to you.", controlC]]);
    expect((await wizard.done).code).toBe(130);
  });

  it("accepts another session where one of the config cannot sign in", async () => {
    const wrong = sessionSection("wrong").replace("d-1234567890", "d-2222222222");
    const { init, config, center } = await desk({ config: wrong });
    center.settings.startUrl = START_URL;
    const wizard = init(["wrong", "--account-id", "123456789011"]);
    await answer(wizard, [
      [/in \[sso-session wrong\]\n.*SSO session name \(Recommended\) \[wrong\]:/s, `corp${enter}`],
      ["SSO start URL [None]:", START_URL + enter],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      ["There are 2 roles available to you.", `read${enter}`],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", `dev${enter}`],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toBe(
      `${wrong}\n${profile("dev", "123456789011", "ReadOnly")}\n${sessionSection("corp")}`,
    );
  });

  it("asks for no value that the config has, even where a flag repeats it", async () => {
    const { init, center } = await desk({ config: sessionSection("corp") });
    center.settings.startUrl = "https://d-2222222222.awsapps.com/start";
    const wizard = init(["corp", "--start-url", START_URL]);
    await answer(wizard, [["SSO session name (Recommended) [corp]:", controlC]]);
    expect((await wizard.done).code).toBe(130);
  });

  it.each([
    {
      why: "a refused start URL",
      settings: { startUrl: "https://d-2222222222.awsapps.com/start" },
      says: `sso-cred: the sign-in to 'corp' failed: invalid_request: Invalid start URL;
check sso_start_url (https://d-1234567890.awsapps.com/start) and sso_region
(eu-west-1) in [sso-session corp]`,
    },
    {
      why: "a sign-in that nobody answers",
      settings: { deviceSeconds: 1 },
      says: "sso-cred: nobody answered the sign-in to 'corp' in time",
    },
  ])("keeps every answer after $why, and accepts a corrected one", async ({ settings, says }) => {
    const { init, config, center } = await desk({ browser: "ignore" });
    const usual = { ...center.settings };
    Object.assign(center.settings, settings);
    const wizard = init(["--use-device-code"]);
    await answer(wizard, [...NEW_SESSION, [`${says}\nSSO start URL [${START_URL}]:`, ""]]);
    Object.assign(center.settings, usual, { startUrl: "https://d-2222222222.awsapps.com/start" });
    await answer(wizard, [
      [`SSO start URL [${START_URL}]:`, `d-2222222222${enter}`],
      ["SSO region [eu-west-1]:", enter],
      [/(?:scopes \[sso:account:access\].*){2}/s, enter],
    ]);
    const screen = await wizard.waitFor(/region \[eu-west-1\].*\(Ctrl-C cancels\)/s);
    center.approveDevice(screen.match(/[A-Z]{4}-[A-Z]{4}$/gm)?.at(-1));
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", down + down + enter],
      ...USUAL_PROFILE,
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("sso_start_url = https://d-2222222222.awsapps.com/start\n");
  });

  it("asks for the region again where its host does not exist", async (context) => {
    const code = await lookup("oidc.eu-wst-1.amazonaws.com").catch((error) => error.code);
    context.skip(code !== "ENOTFOUND", "no name server here says that a host does not exist");
    const { init, center } = await desk({ browser: "ignore" });
    const wizard = init([], { env: { AWS_ENDPOINT_URL_SSO_OIDC: "", AWS_ENDPOINT_URL_SSO: "" } });
    await answer(wizard, [
      ["SSO session name (Recommended):", `corp${enter}`],
      ["SSO start URL [None]:", `d-1234567890${enter}`],
      ["SSO region [None]:", `eu-wst-1${enter}`],
      ["Not a region I know; did you mean eu-west-1? Enter again to keep it", enter],
      ["SSO registration scopes", enter],
      ["SSO region [eu-wst-1]:", ""],
    ]);
    expect(await wizard.screen()).toBe(`SSO session name (Recommended): corp
(your AWS access portal's address, as in the invitation)
SSO start URL [None]: d-1234567890
Using https://d-1234567890.awsapps.com/start
SSO region [None]: eu-wst-1
SSO registration scopes [sso:account:access]:
sso-cred: cannot find host oidc.eu-wst-1.amazonaws.com: are you online, and is
sso_region (eu-wst-1, not eu-west-1) in [sso-session corp] right?
SSO region [eu-wst-1]:`);
    wizard.type(controlC);
    expect((await wizard.done).screen).toMatch(/\nsso-cred: cancelled; nothing was written$/);
    expect(center.requests).toEqual([]);
  });

  it("uses what the person has changed in the config meanwhile", async () => {
    const wrong = sessionSection("corp").replace("d-1234567890", "d-2222222222");
    const { init, center, home } = await desk({ config: wrong, browser: "ignore" });
    center.settings.startUrl = START_URL;
    const wizard = init(["corp", "--use-device-code"]);
    await wizard.waitFor("check sso_start_url (https://d-2222222222.awsapps.com/start)");
    await home.write(".aws/config", sessionSection("corp"));
    await answer(wizard, [["SSO session name (Recommended) [corp]:", enter]]);
    await wizard.waitFor("(Ctrl-C cancels)");
    center.approveDevice();
    await answer(wizard, [["There are 2 AWS accounts available to you.", controlC]]);
    expect((await wizard.done).code).toBe(130);
  });
});

it("the command for a browser elsewhere signs in while a wizard for a new session waits", async () => {
  const { init, home, center, browser } = await desk({ browser: "ignore" });
  const wizard = init(["--no-browser"], { columns: 60 });
  await answer(wizard, [...NEW_SESSION, ["(Ctrl-C cancels)", ""]]);
  const [shown = ""] = (await wizard.lines())
    .map(({ text }) => text)
    .filter((text) => /^ +sso-cred/.test(text));
  expect(shown).toBe(
    `  sso-cred init corp --session-only --start-url ${START_URL} --sso-region eu-west-1 --scopes sso:account:access && sso-cred login corp --use-device-code`,
  );
  const bin = join(home.path, "bin");
  placeExecutable(bin);
  const env = { ...center.env, BROWSER: browser.command, PATH: `${bin}:${BARE_PATH}` };
  const login = startOnTerminal("/bin/sh", ["-c", shown], { home, env });
  onTestFinished(() => login.kill());
  await login.waitFor("check that the page shows this code");
  center.approveDevice();
  expect((await login.done).code).toBe(0);
  await answer(wizard, [["Signed in.\nThere are 2 AWS accounts available to you.", controlC]]);
  expect((await wizard.done).code).toBe(130);
});
