import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expireToken, MAIN_JOB } from "../support/binaryWorld.ts";
import { makeBrowser } from "../support/browser.ts";
import { registrationPath, rolePath, START_URL, sha1, tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { entriesBelow, secretsBelow, secretsOf, watchHome } from "../support/secrets.ts";
import { type SecuredLife, securedLife } from "../support/securedLife.ts";
import { canTrace, type SystemCalls } from "../support/systemCalls.ts";

const REGISTRATION = registrationPath({
  region: "eu-west-1",
  scopes: ["sso:account:access"],
  sessionName: "corp",
  startUrl: START_URL,
});
/** The only files that may hold tokens, client secrets and role credentials. */
const KNOWN = [
  REGISTRATION,
  tokenPath("corp"),
  ...["ReadOnly", "Admin"].map((role) => rolePath("corp", "123456789011", role)),
];
/** The temporary file that becomes a known file. */
const TO_BE_RENAMED = /\/\.aws\/(sso|cli)\/cache\/\.sso-cred-\d+-[0-9a-z]+\.tmp$/;

test.each(["browser", "device"] as const)(
  "a life under umask 000 (%s grant), kills included, leaves 0600 and 0700, and no secret in argv, environment, messages, trace or any file but the caches",
  async (login) => {
    const life = await securedLife(login);
    const { home, center, noWorker, browser } = life;
    for (const path of ["/token", "/client/register", "/federation/credentials"]) {
      center.misbehave({ path, times: 1, how: { kind: "latency", ms: 150 } });
    }
    const watch = watchHome(home.path);
    await wholeLife(life, login);
    await noWorker();
    expect(secretsElsewhere(life)).toEqual([]);
    // The search finds the secrets where they belong.
    expect(secretsBelow(home.path, secretsOf(center), []).length).toBeGreaterThan(4);
    expect(await life.call("logout")).toMatchObject({ code: 0, stderr: "" });
    const { processes, entries } = await watch.stop();

    const secrets = secretsOf(center);
    expect(secrets.length).toBeGreaterThan(12);
    expect(secretsElsewhere(life, [REGISTRATION])).toEqual([]);

    // The token file was written with 0644 in between; ours is 0600 again.
    const wrong = entries.filter(({ mode, isFolder }) => mode !== (isFolder ? "700" : "600"));
    expect(wrong.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      `644 ${join(home.path, tokenPath("corp"))}`,
    ]);
    for (const kind of ["/locks/", "/logins/", "/attempts/", "/sso/cache/", "/cli/cache/"]) {
      expect(entries.some(({ path }) => path.includes(kind))).toBe(true);
    }

    const seen = processes.map(({ commandLine }) => commandLine).join("\n");
    const started = [MAIN_JOB.join(" "), "--login-worker", browser.command, " init ", " list ", " logout"];
    for (const part of login === "browser" ? started : started.slice(0, 2)) expect(seen).toContain(part);
    for (const { commandLine, environment } of processes) {
      expect(holds([commandLine, ...environment].join("\n"), secrets)).toEqual([]);
    }
    expect(holds(life.messages.join("\n"), secrets)).toEqual([]);
    expect(await home.read("trace.log")).toContain("GetRoleCredentials");
    // Without strace, starts and writes are seen only now and then.
    if (life.systemCalls) expectNoSecretIn(life.systemCalls, life);
  },
);

test("a sign-in that replaces a token does not write the old one into its own files", async () => {
  const life = await securedLife("device");
  const { home, center, noWorker } = life;
  expect((await life.call(...MAIN_JOB)).code).toBe(0);
  await noWorker();
  center.settings.intervalSeconds = 1;
  center.settings.consent = "page";
  const running = life.call("login");
  await life.pending("open");
  expect(await home.exists(tokenPath("corp"))).toBe(true);
  expect(secretsElsewhere(life)).toEqual([]);
  center.approveDevice();
  expect((await running).code).toBe(0);
});

test.skipIf(!canTrace)(
  "a kill at the rename of a new token leaves it beside the token's file, 0600, and nowhere else (needs strace)",
  async () => {
    const life = await securedLife("device");
    const { home } = life;
    expect((await life.call(...MAIN_JOB)).code).toBe(0);
    await life.noWorker();
    await expireToken(home);
    // The first rename of the run.
    const kill = ["-f", "-qq", "-o", "/dev/null", "-e", "inject=rename:signal=KILL"];
    const line = [BINARY, ...MAIN_JOB.slice(0, 4), "Admin"];
    const { signal } = await start("strace", [...kill, ...line], life.options).done;
    expect([signal, refreshesOf(life)]).toEqual(["SIGKILL", 1]);
    const found = secretsElsewhere(life).map((hit) => hit.split(": ")[0] ?? "");
    expect(found.length).toBeGreaterThan(1);
    expect(found.filter((path) => !TO_BE_RENAMED.test(path))).toEqual([]);
    expect(new Set(found).size).toBe(1);
    expect(entriesBelow(join(home.path, ".aws")).filter(({ path }) => path === found[0])).toMatchObject([
      { mode: "600" },
    ]);
  },
);

/** Every command, and both kills in the middle. At the end somebody is signed in. */
async function wholeLife(life: SecuredLife, login: "browser" | "device"): Promise<void> {
  const { call, home, noWorker } = life;
  const otherRole = [...MAIN_JOB.slice(0, 4), "Admin"];
  expect(await call(...MAIN_JOB)).toMatchObject({ code: 0, stderr: "" });
  await noWorker();
  await expireToken(home, 0o644);
  expect((await call(...otherRole)).code).toBe(0);
  expect(refreshesOf(life)).toBe(1);
  expect((await call("status")).code).toBe(0);
  expect((await call("list", "--json")).code).toBe(0);
  const answers = [
    "--region",
    "eu-west-1",
    "--output",
    "json",
    "--profile-name",
    "{account_name}-{role_name}",
  ];
  expect((await call("init", "corp", "--all", ...answers)).code).toBe(0);
  // The portal rejects the request, and its message is shown.
  expect((await call(...MAIN_JOB.slice(0, 4), "None")).code).toBe(6);

  await killedInRefresh(life, otherRole);
  expect((await call(...otherRole)).code).toBe(0);
  expect(refreshesOf(life)).toBe(3);

  await killedWithWorker(life, login);
  expect((await call("login", "--use-device-code")).code).toBe(0);
  await noWorker();
  expect((await call(...MAIN_JOB)).code).toBe(0);
}

const refreshesOf = ({ center }: SecuredLife) =>
  center.count("/token", ({ body }) => JSON.stringify(body).includes("refresh_token"));

/** Between the request for a new token and its response; the new file exists by then. */
async function killedInRefresh(life: SecuredLife, line: readonly string[]): Promise<void> {
  const { home, center } = life;
  await expireToken(home);
  rmSync(join(home.path, rolePath("corp", "123456789011", line.at(-1) ?? "")));
  center.misbehave({ path: "/token", times: 1, how: { kind: "blackHole" } });
  const before = refreshesOf(life);
  await life.killed(line, () => expect.poll(() => refreshesOf(life)).toBe(before + 1));
  const left = entriesBelow(join(home.path, ".aws")).filter(({ path }) => TO_BE_RENAMED.test(path));
  expect(left.map(({ mode }) => mode)).toEqual(["600"]);
  expect(secretsElsewhere(life)).toEqual([]);
}

/** While the sign-in is open; the worker's memory holds secrets by then. */
async function killedWithWorker(life: SecuredLife, login: "browser" | "device"): Promise<void> {
  const { home, center } = life;
  center.settings.consent = "page";
  const asked = { BROWSER: makeBrowser(home.path, "ignore").command, SSO_CRED_LOGIN: login };
  await life.killed(["login"], () => life.pending("open"), asked);
  center.settings.consent = "auto";
  expect(await home.exists(`.aws/sso-cred/logins/${sha1("corp")}.json`)).toBe(true);
  expect(secretsElsewhere(life)).toEqual([]);
}

/** Secrets in any folder that a process knows, outside the files that may hold them. */
function secretsElsewhere({ center, places }: SecuredLife, known = KNOWN): string[] {
  const secrets = secretsOf(center);
  return [
    ...secretsBelow(places.home, secrets, known),
    ...secretsBelow(places.temporary, secrets, []),
    ...secretsBelow(places.current, secrets, []),
  ];
}

/** Checks everything that was started or written, even for a moment. */
function expectNoSecretIn(
  { starts, writes, names }: SystemCalls,
  { center, places, browser }: SecuredLife,
): void {
  const secrets = secretsOf(center);
  const started = starts();
  for (const part of ["--login-worker", browser.command]) {
    expect(started.some((line) => line.includes(`"${part}"`) && line.includes("HOME="))).toBe(true);
  }
  expect(holds(started.join("\n"), secrets)).toEqual([]);

  const known = KNOWN.map((file) => join(places.home, file));
  const written = writes();
  const holding = written.filter(({ line }) => holds(line, secrets).length > 0).map(({ path }) => path);
  expect(new Set(holding).size).toBeGreaterThan(6);
  expect(holding.filter((path) => !TO_BE_RENAMED.test(path))).toEqual([]);
  const named = names().filter(({ from }) => holding.includes(from));
  expect(new Set(named.map(({ to }) => to))).toEqual(new Set(known));
  // Nothing was written outside the searched folders.
  const roots = [...Object.values(places).map((place) => `${place}/`), "/dev/null"];
  expect(written.filter(({ path }) => !roots.some((root) => path.startsWith(root)))).toEqual([]);
}

function holds(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => text.includes(secret));
}
