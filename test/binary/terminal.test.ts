import { expect, it } from "vitest";
import { binaryWorld, cachedWorld, leftovers, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import {
  KEYS,
  startBinaryOnTerminal,
  startMainJobBehindTerminal,
  startShellBehindTerminal,
} from "../support/pty.ts";

const DEVICE = { SSO_CRED_LOGIN: "device" };
const ASKED_BY = /\(asked for by \S+ \(process \d+\)\)/;

it("with stdin, stdout and stderr redirected, address and code are on the terminal, and only there", async () => {
  const { options, center, pending } = await binaryWorld({ browser: "ignore", env: DEVICE });
  const running = startMainJobBehindTerminal(options);
  const { urlWithCode = "", userCode = "" } = await pending("open");
  const screen = await running.waitFor(`  ${userCode}`);
  expect(screen).toMatch(ASKED_BY);
  expect(screen).toContain(`\n  ${urlWithCode}\n`);
  expect(screen).toContain(`\n  ${userCode}`);
  center.approveDevice();
  const { code, stdout, stderr, raw } = await running.done;
  expect([code, stderr, JSON.parse(stdout).AccountId]).toEqual([0, "", "123456789011"]);
  expect(raw.split(`  ${userCode}`)).toHaveLength(2);
});

it("the browser's address is on the terminal, too", async () => {
  const { options, center, pending } = await binaryWorld({ browser: "ignore" });
  const running = startMainJobBehindTerminal({ ...options, columns: 600 });
  const { url = "" } = await pending("open");
  expect(await running.waitFor(url)).toContain("Sign in to 'corp' in your browser (asked for by ");
  await fetch(url);
  expect((await running.done).code).toBe(0);
  expect(center.count("/authorize")).toBe(1);
});

it("without a browser the call waits for the person at the terminal", async () => {
  const { options, center, pending } = await binaryWorld({ env: { ...DEVICE, BROWSER: undefined } });
  const running = startMainJobBehindTerminal(options);
  const { userCode = "" } = await pending("open");
  await running.waitFor(userCode);
  center.approveDevice();
  expect((await running.done).code).toBe(0);
});

it("two calls in one window print it once", async () => {
  const { options, center, pending } = await binaryWorld({ browser: "ignore", env: DEVICE });
  const line = MAIN_JOB.join(" ");
  const command = `"$SSO_CRED" ${line} >/dev/null & "$SSO_CRED" ${line} >/dev/null; a=$?; wait; exit $a`;
  const running = startShellBehindTerminal(command, options);
  const { userCode = "" } = await pending("open");
  await running.waitFor(userCode);
  center.approveDevice();
  const { code, raw } = await running.done;
  expect([code, raw.split(`  ${userCode}`).length - 1]).toEqual([0, 1]);
});

it("a background process group prints nothing on the terminal", async () => {
  const { options, center, pending } = await binaryWorld({ browser: "ignore", env: DEVICE });
  const command = `set -m; "$SSO_CRED" ${MAIN_JOB.join(" ")} & wait $!`;
  const running = startShellBehindTerminal(command, options);
  await pending("open");
  center.approveDevice();
  const { code, stdout, raw } = await running.done;
  expect([code, JSON.parse(stdout).AccountId, raw]).toEqual([0, "123456789011", ""]);
});

it("a background process group without a browser does not wait for a person it cannot ask", async () => {
  const { options } = await binaryWorld({ env: { ...DEVICE, BROWSER: undefined, SSO_CRED_WAIT: "3600" } });
  const command = `set -m; "$SSO_CRED" ${MAIN_JOB.join(" ")} & wait $!`;
  const { code, stderr, raw } = await startShellBehindTerminal(command, options).done;
  expect([code, raw]).toEqual([4, ""]);
  expect(stderr).toContain("sso-cred: sign in to 'corp', then call again, code ");
});

it("Ctrl-C at the terminal ends the call and the sign-in that only it waits for", async () => {
  const { options, pending, noWorker, home } = await binaryWorld({ browser: "ignore", env: DEVICE });
  const running = startMainJobBehindTerminal(options);
  const { userCode = "" } = await pending("open");
  await running.waitFor(userCode);
  running.type(KEYS.controlC);
  const { stdout } = await running.done;
  expect(stdout).toBe("");
  await noWorker();
  expect(await leftovers(home)).toEqual([]);
});

it("sso-cred login shows address and code, and says when it is done", async () => {
  const { options, center, pending } = await binaryWorld({ browser: "ignore" });
  const running = startBinaryOnTerminal(["login", "--use-device-code"], options);
  const { userCode = "" } = await pending("open");
  await running.waitFor(userCode);
  center.approveDevice();
  const { code, screen } = await running.done;
  expect(code).toBe(0);
  expect(screen).toMatch(/^Sign in to 'corp' in your browser\.\nIf it does not open, visit:\n/);
  expect(screen).toMatch(
    /\nSigned in to 'corp'; refreshed automatically until your organisation's session ends\.$/,
  );
});

it("on a terminal a hit and a miss print a summary, without secrets; --json prints the document", async () => {
  const world = await cachedWorld();
  const hit = await startBinaryOnTerminal(MAIN_JOB, world.options).done;
  expect(hit.code).toBe(0);
  expect(hit.screen).toMatch(
    /^corp: credentials for the role ReadOnly in account 123456789011\nThey expire in 60 min, [^\n]*, and come from the cache\.\nA pipe or --json gives the credential_process document\./,
  );
  expect(hit.raw).not.toMatch(/AKIA|ASIA|SecretAccessKey/);

  await signedIn(world);
  const other = [...MAIN_JOB.slice(0, 4), "Admin"];
  const miss = await startBinaryOnTerminal(other, world.options).done;
  expect(miss.screen).toContain("role Admin in account 123456789011\nThey expire in ");
  expect(miss.screen).toContain("and come from the portal.\n");

  const document = await startBinaryOnTerminal([...MAIN_JOB, "--json"], { ...world.options, columns: 2_000 })
    .done;
  expect(JSON.parse(document.screen)).toMatchObject({ Version: 1, AccountId: "123456789011" });
});
