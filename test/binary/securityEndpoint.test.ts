import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binaryWorld, MAIN_JOB, signedIn, signedInWorld } from "../support/binaryWorld.ts";
import { sessionSection, tokenPath } from "../support/home.ts";
import { startBinaryOnTerminal, startMainJobBehindTerminal } from "../support/pty.ts";
import { entriesBelow, secretsBelow } from "../support/secrets.ts";

const ESCAPES = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r\n\u0000";
/** Text that no message of our own contains. */
const UNWANTED = ["\u001b]0", "\u001b[2J", "\u009b", "\u202e", "\u0000", "\u0007"];
const unwantedIn = (text: string) => UNWANTED.filter((part) => text.includes(part));

const authorization = (verificationUri: string, more: object = {}) => ({
  deviceCode: "device-code-of-the-test",
  userCode: "ABCD-EFGH",
  verificationUri,
  verificationUriComplete: verificationUri,
  expiresIn: 600,
  interval: 5,
  ...more,
});

async function hostileWorld(body: object) {
  const world = await binaryWorld({
    browser: "ignore",
    env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "2" },
  });
  world.center.misbehave({ path: "/device_authorization", how: { kind: "status", status: 200, body } });
  world.center.misbehave({
    path: "/token",
    how: { kind: "status", status: 400, body: { error: "authorization_pending" } },
  });
  return world;
}

test.each([
  ["a script", "javascript:alert(1)"],
  ["a file", "file:///etc/passwd"],
  ["data", "data:text/html,<script>alert(1)</script>"],
  ["a flag of macOS' open", "-a Calculator"],
  ["a share", "\\\\evil.example\\share"],
  ["behind another's name", "https://login.aws.amazon.com@evil.example/x"],
  ["30 KB", `https://x.example/${"a".repeat(30_000)}`],
  ["3 MB", `https://x.example/${"a".repeat(3_000_000)}`],
])("a sign-in page that is %s is neither opened nor shown: exit 7", async (_, uri) => {
  const { run, browser, noWorker } = await hostileWorld(authorization(uri));
  const { code, stdout, stderr } = await run();
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toMatch(/^sso-cred: .{1,160}\n {2}run: sso-cred doctor\n$/);
  expect(stderr).toMatch(
    / is not a web address: | a user name before its host | too long: | over-long verification/,
  );
  expect(stderr).not.toContain("login.aws.amazon.com");
  expect(browser.opened()).toEqual([]);
  await noWorker();
});

test("a client id that is too long to start a program is rejected: exit 7", async () => {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "browser" } });
  const body = { clientId: "c".repeat(200_000), clientSecret: "s", clientSecretExpiresAt: 4e9 };
  world.center.misbehave({ path: "/client/register", how: { kind: "status", status: 200, body } });
  const { code, stdout, stderr } = await world.run();
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toMatch(
    /^sso-cred: \S+ answered RegisterClient with an over-long clientId\n {2}run: sso-cred doctor\n$/,
  );
  expect(world.browser.opened()).toEqual([]);
});

test("a sign-in page with shell characters is passed to the browser as one word, without a shell", async () => {
  const uri =
    "https://x.example/$(touch pwned)`touch pwned`;touch pwned|touch pwned&touch pwned>pwned'\"%20%s";
  const { run, browser, home } = await hostileWorld(authorization(uri));
  expect((await run()).code).toBe(4);
  await expect.poll(() => browser.opened()).toEqual([new URL(uri).href]);
  expect(entriesBelow(home.path).filter(({ path }) => path.includes("pwned"))).toEqual([]);
});

test("a service's address, code and message are cleaned before the terminal shows them", async () => {
  const body = authorization(`https://x.example/${ESCAPES}`, { userCode: `AB${ESCAPES}CD` });
  const { options } = await hostileWorld(body);
  const { code, screen, raw, stderr } = await startMainJobBehindTerminal(options).done;
  expect(code).toBe(4);
  expect(screen).toContain("https://x.example/%1B]0;owned%07");
  expect(screen).toMatch(/AB \]0;owned \[2J\s*31m\s*CD/);
  expect(unwantedIn(`${raw}${stderr}`)).toEqual([]);
});

test("names of accounts and roles from the portal are made printable in `list` and in messages", async () => {
  const world = await signedInWorld({ env: { SSO_CRED_LOGIN: "never" } });
  world.center.accounts = [
    {
      accountId: "123456789011",
      accountName: `Dev${ESCAPES}`,
      emailAddress: `a@b${ESCAPES}`,
      roles: [`Role${ESCAPES}`, "Plain"],
    },
  ];
  for (const args of [["list"], ["list", "--json"]]) {
    const { code, raw } = await startBinaryOnTerminal(args, world.options).done;
    expect(code).toBe(0);
    expect(raw).toContain("Dev");
    expect(unwantedIn(raw)).toEqual([]);
  }
  for (const [role, code, says] of [
    ["No", 6, "to you there: Role"],
    [`No${ESCAPES.replace("\0", "")}`, 2, "not a role name"],
  ] as const) {
    const refused = await startBinaryOnTerminal([...MAIN_JOB.slice(0, 4), role], world.options).done;
    expect([refused.code, refused.screen.includes(says)]).toEqual([code, true]);
    expect(unwantedIn(refused.raw)).toEqual([]);
  }
});

test("a secret that the service repeats is not shown", async () => {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "never" } });
  const token = { ...(await signedIn(world)), accessToken: `eyJ${"Zm9yIHlvdQ-".repeat(100)}` };
  await world.home.write(tokenPath("corp"), token);
  const body = { message: `bad token ${token.accessToken}`, __type: "ForbiddenException" };
  world.center.misbehave({ path: "/federation/credentials", how: { kind: "status", status: 403, body } });
  const { code, stderr } = await world.run();
  expect(code).toBe(6);
  expect(stderr).toContain(" (ForbiddenException)");
  expect(secretsBelow(world.home.path, ["eyJZm9yIHlvdQ", "Zm9yIHlvdQ-"], [".aws/sso/cache/"])).toEqual([]);
});

test("names from the config and the command line become neither paths nor shell text", async () => {
  const names = ["../../../sso-cred-outside", "$(touch pwned)", "; touch pwned", "-rf", "%2e%2e"];
  const config = names.map((name) => sessionSection(`'${name}'`)).join("\n");
  const world = await binaryWorld({ config });
  for (const name of names) {
    const result = await world.run([`--sso-session=${name}`, ...MAIN_JOB.slice(1, 4), "../../$(>pwned)"]);
    expect({ name, code: result.code, stdout: result.stdout }).toEqual({ name, code: 6, stdout: "" });
    expect((await world.run(["logout", `--sso-session=${name}`])).code).toBe(0);
  }
  await world.noWorker();
  const made = entriesBelow(world.home.path)
    .filter(({ isFolder }) => !isFolder)
    .map(({ path }) => path.slice(world.home.path.length + 1));
  const expected =
    /^(\.aws\/(config|(sso\/cache|cli\/cache|sso-cred\/[a-z]+)\/[0-9a-f]{40}(\.json)?)|browser-visit(\.opened)?)$/;
  expect(made.filter((path) => !expected.test(path))).toEqual([]);
  expect(
    readdirSync(join(world.home.path, "..")).filter((name) => /^(sso-cred-outside|pwned)/.test(name)),
  ).toEqual([]);
});
