import { describe, expect, it } from "vitest";
import { sessionSection } from "../support/home.ts";
import { signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const DEVICE = { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "3" };
const NO_BROWSER = { ...DEVICE, DISPLAY: "" };

describe("the terminal", () => {
  it("gets the reason, the address and the code once for each sign-in", async () => {
    const { call, pending } = await signInWorld({ env: DEVICE, browser: "ignore" });
    const calls = [];
    for (let i = 0; i < 3; i++) calls.push(await call(MAIN_JOB, { terminal: "34816" }));
    const { urlWithCode, userCode, caller } = (await pending()) ?? {};
    const text = [
      `Sign in to 'corp' in your browser (asked for by ${caller}).`,
      "If it does not open, visit:",
      ["", `  ${urlWithCode}`, "", "and check that the page shows this code:", "", `  ${userCode}`].join(
        "\r\n",
      ),
    ].join("\r\n");
    expect(calls.map(({ shown }) => shown.trim())).toEqual([text, "", ""]);
  });

  it("gets them once in every window, also if another window's call has opened the page", async () => {
    const { call, opened } = await signInWorld({ env: DEVICE, browser: "ignore" });
    const terminals = ["1", "2", "1", "2", "3"];
    const calls = await Promise.all(terminals.map((terminal) => call(MAIN_JOB, { terminal })));
    const told = terminals.filter((_, i) => calls[i]?.shown !== "");
    expect(told.sort()).toEqual(["1", "2", "3"]);
    expect(opened()).toHaveLength(1);
  });

  it("gets only the address if there is no code", async () => {
    const { call, pending } = await signInWorld({ env: { SSO_CRED_WAIT: "3" }, browser: "ignore" });
    const { shown } = await call(MAIN_JOB, { terminal: "1" });
    expect(shown).toContain(`\r\n  ${(await pending())?.url}\r\n`);
    expect(shown).not.toContain("code:");
  });

  it("gets nothing when nobody has to sign in", async () => {
    const { call } = await signedInWorld();
    expect(await call(MAIN_JOB, { terminal: "1" })).toMatchObject({ code: 0, shown: "", stderr: "" });
  });

  it("gets no control characters from the service", async () => {
    const { call, center } = await signInWorld({ env: DEVICE, browser: "ignore" });
    const body = {
      deviceCode: "d",
      userCode: "\u001b[31mAB\u202eCD\n",
      verificationUri: "https://device.example/\u001b]0;x\u0007",
      verificationUriComplete: "https://device.example/?a\u001b[2J",
      expiresIn: 600,
      interval: 1,
    };
    center.misbehave({ path: "/device_authorization", how: { kind: "status", status: 200, body } });
    const pending = { error: "authorization_pending" };
    center.misbehave({ path: "/token", how: { kind: "status", status: 400, body: pending } });
    const { shown, stderr } = await call(MAIN_JOB, { terminal: "1" });
    expect(`${shown}${stderr}`.replace(/[\r\n]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(shown).toContain("https://device.example/");
  });
});

describe("without terminal and browser", () => {
  it("the call ends at once with address and code apart; once approved elsewhere, the next call succeeds", async () => {
    const { call, center, clock, opened } = await signInWorld({ env: NO_BROWSER });
    const first = await call();
    expect([first.code, first.stdout, opened()]).toEqual([4, "", []]);
    expect(first.stderr).toMatch(
      /^sso-cred: sign in to 'corp', then call again, code [A-Z]{4}-[A-Z]{4}\n {2}open: http:\/\/127\.0\.0\.1:\d+\/device\n$/,
    );
    expect(first.ms).toBeLessThan(1_000);
    center.approveDevice();
    await clock.sleep(1_000);
    expect(await call()).toMatchObject({ code: 0, stderr: "" });
    expect(center.count("/device_authorization")).toBe(1);
  });

  it("a browser that does not open counts as none", async () => {
    const { call } = await signInWorld({ browser: "none", env: { SSO_CRED_LOGIN: "device" } });
    expect((await call()).stderr).toContain("sign in to 'corp', then call again, code ");
  });

  it("with a terminal the call waits for the person", async () => {
    const { call, center, clock, until } = await signInWorld({ env: { ...NO_BROWSER, SSO_CRED_WAIT: "50" } });
    const waiting = call(MAIN_JOB, { terminal: "1" });
    await until(() => center.state.devices.size === 1);
    await clock.sleep(3_000);
    center.approveDevice();
    const { code, shown } = await waiting;
    expect([code, shown.includes("Sign in to 'corp' (asked for by ")]).toEqual([0, true]);
  });
});

describe("where nobody may be asked", () => {
  const line = (why: string) =>
    `sso-cred: nobody is signed in to 'corp', and ${why}\n  run: sso-cred login corp\n`;
  it.each([
    ["CI", { CI: "true" }, "CI is set, so nobody is asked"],
    ["never", { SSO_CRED_LOGIN: "never" }, "automatic sign-in is switched off (never)"],
    ["nothing to ask with", { DISPLAY: "" }, "there is neither a browser nor a terminal here", {}],
  ])("(%s) the call ends at once, without a request", async (_, env, why, options = { terminal: "1" }) => {
    const { call, center, workers } = await signInWorld({ env });
    const told = { code: 4, stdout: "", stderr: line(why), shown: "", ms: 0 };
    expect(await call(MAIN_JOB, options)).toEqual(told);
    expect([center.requests, workers]).toEqual([[], []]);
  });

  it("the session's own setting counts, and the variable overrides it", async () => {
    const config = sessionSection("corp", ["sso_cred_login = never"]);
    const { call } = await signInWorld({ config });
    expect((await call()).stderr).toBe(line("automatic sign-in is switched off (never)"));
    expect((await call(MAIN_JOB, { env: { SSO_CRED_LOGIN: "browser" } })).code).toBe(0);
  });
});
