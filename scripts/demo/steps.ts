import { rm } from "node:fs/promises";
import { isoSeconds, rolePath, tokenPath } from "../../test/support/home.ts";
import type { RunResult } from "../../test/support/run.ts";
import { awsClient } from "./awsClient.ts";
import { browserLine, parsed, shown, succeeded } from "./document.ts";
import { type Page, seconds } from "./page.ts";
import type { Stage } from "./stage.ts";
import type { Check, Step } from "./story.ts";
import { firstProfile } from "./wizard.ts";

const SESSION = "my-sso";
const ACCOUNT = "123456789011";
const ROLE = "ReadOnly";
const PROFILE = "my-dev-profile";
const CALL = [SESSION, "--account-id", ACCOUNT, "--role-name", ROLE];
const COMMAND = ["sso-cred", ...CALL].join(" ");
const TOKEN_FILE = tokenPath(SESSION);
const ROLE_FILE = rolePath(SESSION, ACCOUNT, ROLE);
const CALLERS = 20;
const HOUR_MS = 3_600_000;

/** The life of a sign-in. `sdk`: use the AWS SDK for JavaScript even if an AWS CLI is installed. */
export function storySteps({ sdk }: { sdk: boolean }): Step[] {
  const register = { RegisterClient: 1 };
  const signIn = { "CreateToken (authorization_code)": 1 };
  return [
    {
      title: "init: from nothing to a profile",
      act: (stage, page) => firstProfile(stage, page, PROFILE),
      sees: { ...register, ...signIn, ListAccounts: 1, ListAccountRoles: 1 },
      tabs: 1,
    },
    {
      title: "The first call: nobody is signed in, so the browser opens",
      act: firstCall,
      sees: { Logout: 1, ...signIn, GetRoleCredentials: 1 },
      tabs: 1,
    },
    { title: "The second call: from the cache", act: secondCall, sees: {}, tabs: 0 },
    {
      title: "An hour later: the token has expired and is refreshed silently",
      act: anHourLater,
      sees: { "CreateToken (refresh_token)": 1, GetRoleCredentials: 1 },
      tabs: 0,
    },
    {
      title: `${CALLERS} callers at once with nothing cached: one sign-in, one tab`,
      act: manyCallers,
      sees: { ...register, ...signIn, GetRoleCredentials: 1 },
      tabs: 1,
    },
    {
      title: "A real AWS client, through the profile",
      act: (stage, page) => realClient(stage, page, sdk),
      sees: { GetCallerIdentity: 1 },
      tabs: 0,
    },
    {
      title: "Status, logout, and a call that may not ask anybody",
      act: theEnd,
      sees: { Logout: 1 },
      tabs: 0,
    },
  ];
}

async function firstCall(stage: Stage, page: Page): Promise<Check[]> {
  page.command(`sso-cred logout ${SESSION}`);
  page.output((await stage.call(["logout", SESSION])).stdout);
  page.command(COMMAND);
  const results = await untilAllowed(stage, page, async () => [await stage.call(CALL)]);
  page.line(browserLine(stage));
  for (const { stdout } of results) page.line(shown(stdout));
  return results.flatMap((result) => succeeded(result, ACCOUNT));
}

const LOGIN_FAILED = 5;

/** The results of `call` after Allow. If Deny comes first, shows what callers see of it. */
async function untilAllowed(
  stage: Stage,
  page: Page,
  call: () => Promise<RunResult[]>,
): Promise<RunResult[]> {
  const results = await call();
  const denied = results.find(({ code }) => code === LOGIN_FAILED);
  if (!stage.ownBrowser || denied === undefined) return results;
  page.line("You have pressed Deny. Each caller sees this:");
  page.output(denied.stderr);
  page.line(`(exit code ${denied.code}. No other call opens a tab for a while; the command does.)`);
  for (let code: number | null = LOGIN_FAILED; code === LOGIN_FAILED; ) {
    page.command("sso-cred login my-sso");
    const login = await stage.call(["login", "my-sso"]);
    page.output(login.code === 0 ? login.stdout : login.stderr.replace(/.*(?=sso-cred: )/s, ""));
    code = login.code;
  }
  return call();
}

async function secondCall(stage: Stage, page: Page): Promise<Check[]> {
  const before = await cachedKeyId(stage);
  page.command(COMMAND);
  const result = await stage.call(CALL);
  page.line(shown(result.stdout));
  const keyId = parsed(result.stdout).AccessKeyId;
  return [
    ...succeeded(result, ACCOUNT),
    { what: "the credentials that were cached", expected: before, seen: keyId },
  ];
}

async function anHourLater(stage: Stage, page: Page): Promise<Check[]> {
  page.line("(The demo ages both cache files by an hour, and ends the access token.)");
  const before = await cachedKeyId(stage);
  await age(stage);
  page.command(COMMAND);
  const result = await stage.call(CALL);
  page.line(shown(result.stdout));
  const { expiresAt } = await stage.home.readJson(TOKEN_FILE);
  return [
    ...succeeded(result, ACCOUNT),
    { what: "new credentials", expected: true, seen: parsed(result.stdout).AccessKeyId !== before },
    { what: "a cached token that lives", expected: true, seen: Date.parse(String(expiresAt)) > Date.now() },
  ];
}

/** Moves the cached times and the service's token an hour into the past. */
async function age({ home, center }: Stage): Promise<void> {
  const anHourAgo = isoSeconds(Date.now() - HOUR_MS);
  await home.write(TOKEN_FILE, { ...(await home.readJson(TOKEN_FILE)), expiresAt: anHourAgo });
  const file = await home.readJson(ROLE_FILE);
  const credentials = { ...(file.Credentials as object), Expiration: anHourAgo };
  await home.write(ROLE_FILE, { ...file, Credentials: credentials });
  center.expireAccessTokens();
}

async function cachedKeyId({ home }: Stage): Promise<unknown> {
  const { Credentials } = await home.readJson(ROLE_FILE);
  return (Credentials as { AccessKeyId?: unknown }).AccessKeyId;
}

async function manyCallers(stage: Stage, page: Page): Promise<Check[]> {
  page.command("rm -r ~/.aws/sso ~/.aws/cli ~/.aws/sso-cred");
  for (const folder of ["sso", "cli", "sso-cred"])
    await rm(`${stage.home.path}/.aws/${folder}`, { recursive: true });
  page.command(`for i in $(seq ${CALLERS}); do ${COMMAND} & done; wait`);
  const callAll = () => Promise.all(Array.from({ length: CALLERS }, () => stage.call(CALL)));
  const results = await untilAllowed(stage, page, callAll);
  const documents = new Set(results.map(({ stdout }) => stdout));
  const times = results.map(({ ms }) => ms);
  page.line(browserLine(stage));
  for (const document of documents) page.line(shown(document));
  page.line(`Answered after ${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}.`);
  return [
    ...results.flatMap((result) => succeeded(result, ACCOUNT)),
    { what: "different documents among the answers", expected: 1, seen: documents.size },
  ];
}

async function realClient(stage: Stage, page: Page, sdk: boolean): Promise<Check[]> {
  const client = await awsClient(stage, PROFILE, { sdk });
  page.command(client.shown);
  const result = await stage.run(client.file, client.args);
  const { Account, Arn = "" } = parsed(result.stdout);
  const role = String(Arn).split("/")[1];
  page.line(`Account ${String(Account)}, role ${role}.`);
  page.line(`This was ${client.name}; its STS is the local one, which checks the signature.`);
  const { authorization } = stage.center.requests.at(-1)?.headers ?? {};
  const signer = /Credential=([^/]+)/.exec(authorization ?? "")?.[1];
  return [
    { what: "exit code", expected: 0, seen: result.code },
    { what: "standard error", expected: "", seen: result.stderr.trim() },
    { what: "account", expected: ACCOUNT, seen: Account },
    { what: "role of the profile", expected: true, seen: role?.startsWith(`AWSReservedSSO_${ROLE}_`) },
    { what: "signed with the key that sso-cred gave", expected: await cachedKeyId(stage), seen: signer },
  ];
}

async function theEnd(stage: Stage, page: Page): Promise<Check[]> {
  page.command("sso-cred status");
  const status = await stage.call(["status"]);
  page.output(status.stdout);
  page.command(`sso-cred logout ${SESSION}`);
  const logout = await stage.call(["logout", SESSION]);
  page.output(logout.stdout);
  page.command(`SSO_CRED_LOGIN=never ${COMMAND}`);
  const refused = await stage.call(CALL, { SSO_CRED_LOGIN: "never" });
  page.output(refused.stderr);
  page.line(`(exit code ${refused.code})`);
  const left = await Promise.all([TOKEN_FILE, ROLE_FILE].map(stage.home.exists));
  const remedy = `run: sso-cred login ${SESSION}`;
  return [
    { what: "exit code of status", expected: 0, seen: status.code },
    { what: "status says signed in", expected: true, seen: status.stdout.includes(": signed in; ") },
    { what: "exit code of logout", expected: 0, seen: logout.code },
    { what: "token and role credentials on disk", expected: [false, false], seen: left },
    { what: "exit code of the call", expected: 4, seen: refused.code },
    { what: "its standard output", expected: "", seen: refused.stdout },
    { what: "it says what to run", expected: true, seen: refused.stderr.includes(remedy) },
  ];
}
