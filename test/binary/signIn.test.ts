import { readFileSync, readlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { binaryWorld, leftovers, MAIN_JOB } from "../support/binaryWorld.ts";
import { startBinary } from "../support/run.ts";

it("the first call opens the browser once and prints credentials; the second needs no person", async () => {
  const { run, browser, center, home, noWorker } = await binaryWorld();
  const first = await run();
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(JSON.parse(first.stdout)).toMatchObject({ Version: 1, AccountId: "123456789011" });
  expect(browser.opened()).toHaveLength(1);
  const second = await run();
  expect([second.code, second.stdout, second.stderr]).toEqual([0, first.stdout, ""]);
  expect([browser.opened().length, center.count("/federation/credentials")]).toEqual([1, 1]);
  await noWorker();
  expect(await leftovers(home)).toEqual([]);
  const modes = (await home.files(".aws")).filter(({ path }) => path !== ".aws/config");
  expect(new Set(modes.map(({ mode }) => mode))).toEqual(new Set(["600"]));
});

it("ten callers at once share one sign-in, one tab and one portal call", async () => {
  const { run, browser, center, home, noWorker } = await binaryWorld();
  const results = await Promise.all(Array.from({ length: 10 }, () => run()));
  expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(results.map(() => [0, ""]));
  expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
  expect(browser.opened()).toHaveLength(1);
  expect([center.count("/client/register"), center.count("/federation/credentials")]).toEqual([1, 1]);
  await noWorker();
  expect(await leftovers(home)).toEqual([]);
});

it.each(["kill", "killGroup"] as const)(
  "a caller that SIGKILL ends (%s) during a sign-in leaves it to the next call, without a second tab",
  async (how) => {
    const { run, browser, center, options, pending, home, noWorker } = await binaryWorld({
      browser: "ignore",
      env: { SSO_CRED_LOGIN: "device" },
    });
    const caller = startBinary(MAIN_JOB, options);
    await pending("open");
    caller[how]("SIGKILL");
    expect((await caller.done).signal).toBe("SIGKILL");
    center.approveDevice();
    const next = await run();
    expect([next.code, next.stderr]).toEqual([0, ""]);
    expect([browser.opened().length, center.count("/device_authorization")]).toEqual([1, 1]);
    await noWorker();
    expect(await leftovers(home)).toEqual([]);
  },
);

it("a worker that the system ends is noticed by the waiting call, and does not count as unanswered", async () => {
  const { browser, center, options, pending } = await binaryWorld({
    browser: "ignore",
    env: { SSO_CRED_LOGIN: "device" },
  });
  const caller = startBinary(MAIN_JOB, options);
  const first = await pending("open");
  process.kill(first.pid, "SIGKILL");
  await expect.poll(() => center.count("/device_authorization")).toBe(2);
  const second = await pending("open");
  expect(second.pid).not.toBe(first.pid);
  center.approveDevice(second.userCode);
  expect((await caller.done).code).toBe(0);
  expect(browser.opened()).toHaveLength(2);
});

it("a worker that the system ends is noticed by the next call", async () => {
  const { run, center, options, pending } = await binaryWorld({ env: { SSO_CRED_LOGIN: "device" } });
  center.settings.consent = "page";
  const caller = startBinary(MAIN_JOB, options);
  const { pid } = await pending("open");
  caller.kill();
  await caller.done;
  process.kill(pid, "SIGKILL");
  center.settings.consent = "auto";
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
});

it("the worker leaves the caller's folder, session and AWS keys", async () => {
  const keys = {
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "example-secret",
    AWS_SESSION_TOKEN: "example-token",
    AWS_PROFILE: "dev",
    NODE_OPTIONS: "--require ./evil.js",
  };
  const { options, pending } = await binaryWorld({ browser: "ignore", env: keys });
  const caller = startBinary(MAIN_JOB, options);
  const { pid } = await pending("open");
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  expect(environment.filter((pair) => Object.keys(keys).includes(pair.split("=")[0] ?? ""))).toEqual([]);
  expect(environment).toContain(`HOME=${options.home?.path}`);
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe("/");
  const [, parent, group, session, terminal] = statFields(pid);
  expect([group, session, terminal]).toEqual([String(pid), String(pid), "0"]);
  expect(parent).not.toBe(String(process.pid));
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(Array(3).fill("/dev/null"));
  caller.kill();
});

/** proc(5): the fields from the state on, after the command's name. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

it("a call under CI ends with exit 4 and makes no request", async () => {
  const { run, center, browser } = await binaryWorld({ env: { CI: "true" } });
  const { code, stdout, stderr } = await run();
  expect([code, stdout, stderr]).toEqual([
    4,
    "",
    "sso-cred: nobody is signed in to 'corp', and CI is set, so nobody is asked\n  run: sso-cred login corp\n",
  ]);
  expect([center.requests, browser.opened()]).toEqual([[], []]);
});

it("device, no terminal, no browser: exit 4 at once with address and code; approved elsewhere, the next call succeeds", async () => {
  const { run, center, noWorker } = await binaryWorld({
    env: { BROWSER: undefined, SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "3600" },
  });
  const first = await run();
  expect([first.code, first.stdout]).toEqual([4, ""]);
  expect(first.stderr).toMatch(
    /^sso-cred: sign in to 'corp', then call again, code [A-Z]{4}-[A-Z]{4}\n {2}open: http:\/\/127\.0\.0\.1:\d+\/device\n$/,
  );
  center.approveDevice(/code (\S+)/.exec(first.stderr)?.[1]);
  await noWorker();
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
});

it.each(["none", "/bin/false"])(
  "with BROWSER=%s and no opener the sign-in continues with a code; once approved elsewhere, the next call succeeds",
  async (BROWSER) => {
    const { run, center, noWorker } = await binaryWorld({
      env: { BROWSER, DISPLAY: ":0", PATH: "/nowhere" },
    });
    const first = await run();
    expect([first.code, first.stdout]).toEqual([4, ""]);
    expect(first.stderr).toMatch(/, code [A-Z]{4}-[A-Z]{4}\n {2}open: http:\/\/127\.0\.0\.1:\d+\/device\n$/);
    center.approveDevice(/code (\S+)/.exec(first.stderr)?.[1]);
    await noWorker();
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
  },
);

it("two callers: Ctrl-C of one leaves the sign-in to the other, Ctrl-C of the last ends it", async () => {
  const { options, pending, home, noWorker } = await binaryWorld({ browser: "ignore" });
  const [one, two] = [startBinary(MAIN_JOB, options), startBinary(MAIN_JOB, options)];
  await pending("open");
  const waiters = async () =>
    (await home.files(".aws/sso-cred")).filter(({ path }) => path.includes("waiter-"));
  await expect.poll(async () => (await waiters()).length).toBe(2);
  one.kill("SIGINT");
  expect(await one.done).toMatchObject({ code: 130, stdout: "", stderr: "sso-cred: cancelled\n" });
  await pending("open");
  two.kill("SIGINT");
  expect((await two.done).code).toBe(130);
  await noWorker();
  expect(await leftovers(home)).toEqual([]);
});
