import { describe, expect, it } from "vitest";
import { START_URL, sessionSection } from "../support/home.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const UNANSWERED = { browser: "ignore", env: { SSO_CRED_WAIT: "5" } } as const;

describe("a sign-in that is open is not joined when the config has changed meanwhile", () => {
  it.each([
    ["start URL", sessionSection("corp").replace(START_URL, "https://d-0000000000.awsapps.com/start")],
    ["region", sessionSection("corp").replace("eu-west-1", "us-east-1")],
    [
      "scopes",
      sessionSection("corp").replace("sso:account:access", "sso:account:access, codewhisperer:completions"),
    ],
  ])("the %s", async (_, config) => {
    const { call, home, opened, pending } = await signInWorld(UNANSWERED);
    await call();
    const before = await pending();
    await home.write(".aws/config", config);
    expect((await call()).code).toBe(4);
    expect(opened()).toHaveLength(2);
    expect((await pending())?.id).not.toBe(before?.id);
    await call();
    expect(opened()).toHaveLength(2);
  });

  it("the endpoints", async () => {
    const { call, center, opened } = await signInWorld(UNANSWERED);
    await call();
    const env = { AWS_ENDPOINT_URL_SSO: center.url.replace("127.0.0.1", "localhost") };
    expect((await call(MAIN_JOB, { env })).code).toBe(4);
    expect(opened()).toHaveLength(2);
  });

  it("and is joined when something else has", async () => {
    const { call, home, opened } = await signInWorld(UNANSWERED);
    await call();
    await home.write(".aws/config", sessionSection("corp", ["sso_cred_login = browser"]));
    await call();
    expect(opened()).toHaveLength(1);
  });

  it("a call that waits for the old one gets an error that says so, and starts no third", async () => {
    const { call, clock, home, opened } = await signInWorld({ browser: "ignore" });
    const old = call();
    await clock.sleep(2_000);
    await home.write(".aws/config", sessionSection("corp").replace("eu-west-1", "us-east-1"));
    const next = call(MAIN_JOB, { env: { SSO_CRED_WAIT: "5" } });
    const { code, stderr } = await old;
    expect([code, stderr]).toEqual([
      4,
      "sso-cred: the sign-in to 'corp' was replaced by another one, which this call cannot join\n  run: sso-cred login corp\n",
    ]);
    expect((await next).stderr).toContain("is open and waits for you");
    expect(opened()).toHaveLength(2);
  });
});

it("a sign-in whose file belongs to another machine now does not count as ended by a logout", async () => {
  const { call, clock, home, pending } = await signInWorld({ browser: "ignore" });
  const caller = call();
  await clock.sleep(2_000);
  const [file] = await home
    .files(".aws/sso-cred/logins")
    .then((files) => files.filter(({ path }) => path.endsWith(".json")));
  await home.write(file?.path ?? "", { ...(await pending()), boot: "another" });
  const { code, stderr } = await caller;
  expect([code, stderr]).toMatchObject([4, expect.stringContaining("was replaced by another one")]);
});

it("every file of a sign-in names host, boot and format version", async () => {
  const { call, home, until, workers } = await signInWorld({ browser: "ignore" });
  const waiting = call();
  await until(() => workers.some(({ steps }) => steps.at(-1)?.what === "sign-in is open"));
  const files = await home.files(".aws/sso-cred/logins");
  expect(files.filter(({ path }) => path.includes(".waiter-"))).toHaveLength(1);
  for (const { path } of files) {
    const state: unknown = await home.readJson(path);
    expect(state, path).toMatchObject({ format: 1, host: expect.any(String), boot: expect.any(String) });
  }
  await call(["logout", "corp"]);
  await waiting;
});
