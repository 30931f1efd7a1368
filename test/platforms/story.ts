import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";
import { until } from "../support/until.ts";
import type { Case } from "./case.ts";
import {
  ACCOUNT,
  expectDocument,
  expectFailure,
  MAIN_JOB,
  ROLE,
  SESSION,
  TOKEN_FILE,
  type World,
} from "./world.ts";

const SIGN_IN = ["/client/register", "/authorize", "/token", "/federation/credentials"];
const ANSWERS = [
  ["--start-url", "https://d-1234567890.awsapps.com/start"],
  ["--sso-region", "eu-west-1"],
  ["--account-id", ACCOUNT],
  ["--role-name", ROLE],
].flat();

/** The life of a sign-in, on any machine. */
export const story: readonly Case[] = [
  {
    title: "a miss asks the portal once, and the hit after it nobody",
    async act(world) {
      await world.signIn(3600);
      const miss = await world.mainJob();
      expectDocument(miss, world);
      assert.deepEqual(world.requests(), ["/federation/credentials"]);
      const hit = await world.mainJob();
      assert.deepEqual([hit.code, hit.stdout, hit.stderr], [0, miss.stdout, ""]);
      assert.deepEqual(world.requests(), []);
    },
  },
  {
    title: "an expired token is refreshed without a person",
    async act(world) {
      await world.signIn(-10);
      expectDocument(await world.mainJob(), world);
      assert.deepEqual(world.requests(), ["/token", "/federation/credentials"]);
      expectDocument(await world.mainJob({ SSO_CRED_CACHE: "off" }), world);
      assert.deepEqual([world.requests(), world.opened()], [["/federation/credentials"], []]);
    },
  },
  {
    title: "nobody is signed in: one page in the browser, and nothing of the sign-in is left",
    async act(world) {
      expectDocument(await world.mainJob(), world);
      assert.deepEqual([world.requests(), world.opened().length], [SIGN_IN, 1]);
      await until("the worker's end", () => world.pendingLogin() === undefined);
      await nothingLeft(world);
    },
  },
  {
    title: "four callers at once: one sign-in, one page, one question to the portal",
    async act(world) {
      const results = await Promise.all([1, 2, 3, 4].map(() => world.mainJob()));
      for (const result of results) expectDocument(result, world);
      assert.equal(new Set(results.map(({ stdout }) => stdout)).size, 1);
      assert.deepEqual([world.requests(), world.opened().length], [SIGN_IN, 1]);
    },
  },
  {
    title: "by device code: the person's page is opened, the service asked until it has been answered",
    options: { env: { SSO_CRED_LOGIN: "device" }, center: { intervalSeconds: 1 } },
    async act(world) {
      expectDocument(await world.mainJob(), world);
      const requests = world.requests();
      assert.ok(requests.includes("/device_authorization") && requests.includes("/device"), requests.join());
    },
  },
  {
    title: "login, status, list and logout",
    async act(world) {
      const { home } = world;
      expectSaid(
        await world.call(["login"]).done,
        /^Signed in to 'my-sso'; refreshed automatically until .*\.\n$/,
      );
      expectSaid(await world.call(["status"]).done, /^my-sso: signed in; refreshed automatically/);
      expectSaid(await world.call(["list"]).done, /^Development +123456789011 +ReadOnly$/m);
      expectSaid(await world.call(["logout"]).done, /^Signed out of 'my-sso'\.\n$/);
      assert.equal(await home.exists(TOKEN_FILE), false);
      assert.equal((await world.call(["status"]).done).code, 4);
      expectFailure(await world.mainJob({ SSO_CRED_LOGIN: "never" }), 4, /run: sso-cred login my-sso/);
    },
  },
  {
    title:
      "init with flags writes a profile; its line runs through the shell; a dry run and a second run change nothing",
    options: { config: "" },
    async act(world) {
      const { home, machine } = world;
      await world.signIn(3600);
      const words = ["init", SESSION, ...ANSWERS, "--profile-name", "dev", "--yes"];
      expectSaid(await world.call([...words, "--dry-run"]).done, /^\+\[profile dev\]\r?$/m);
      assert.equal(await home.read(".aws/config"), "");
      expectSaid(await world.call(words).done, /1 added, 0 changed, 0 removed/);
      const config = await home.read(".aws/config");
      const line = /^credential_process = ([^\r\n]*)/m.exec(config)?.[1] ?? "";
      expectDocument(await machine.startShell(home, line, { env: world.env }).done, world);
      expectSaid(await world.call(words).done, /./);
      assert.equal(await home.read(".aws/config"), config);
      expectDocument(await world.call(["--profile", "dev"]).done, world);
    },
  },
  {
    title: "the caller is killed: its sign-in stays open, and the next call takes what came of it",
    options: { browser: "ignore" },
    async act(world) {
      const call = world.call(MAIN_JOB);
      await until("the page is open", () => world.pendingLogin()?.state === "open");
      call.kill();
      await call.done;
      const { status } = await fetch(world.opened()[0] ?? "");
      assert.equal(status, 200);
      expectDocument(await world.mainJob(), world);
      assert.deepEqual([world.requests(), world.opened().length], [SIGN_IN, 1]);
    },
  },
  {
    title: "the sign-in's process is killed: the caller starts another one",
    options: { browser: "ignore" },
    async act(world) {
      const call = world.call(MAIN_JOB);
      await until("the page is open", () => world.pendingLogin()?.state === "open");
      await world.machine.killProcess(world.pendingLogin()?.pid ?? 0);
      await until("a second page", () => world.opened().length === 2);
      await fetch(world.opened()[1] ?? "");
      expectDocument(await call.done, world);
    },
  },
  {
    title: "NODE_DEBUG and a useless NODE_EXTRA_CA_CERTS are removed, and exit codes pass through",
    async act(world) {
      const env = { NODE_DEBUG: "net,module", NODE_EXTRA_CA_CERTS: "missing.pem" };
      await world.signIn(3600);
      expectDocument(await world.mainJob(env), world);
      expectFailure(await world.call(["--no-such-flag"], { env }).done, 2, /no-such-flag/);
      await world.call(["logout"], { env }).done;
      expectDocument(await world.mainJob(env), world);
    },
  },
  {
    title: "over TLS with AWS_CA_BUNDLE; without it the CA is unknown",
    options: { center: { tls: SERVER_TLS } },
    async act(world) {
      await world.signIn(3600);
      expectFailure(await world.mainJob(), 7, /unknown CA/);
      expectDocument(await world.mainJob({ AWS_CA_BUNDLE: world.machine.named(CA_FILE) }), world);
      const extra = { NODE_EXTRA_CA_CERTS: world.machine.named(CA_FILE), SSO_CRED_CACHE: "off" };
      expectDocument(await world.mainJob(extra), world);
    },
  },
  {
    title: "nobody reads the output: exit 7, on a hit too",
    async act(world) {
      await world.signIn(3600);
      for (const _ of ["miss", "hit"]) {
        const result = await world.call(MAIN_JOB, { readerIsGone: true }).done;
        expectFailure(result, 7, /nobody reads the output/);
      }
    },
  },
];

function expectSaid(result: { code: number | null; stdout: string; stderr: string }, says: RegExp): void {
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, says);
}

/** No locks, temporary files or sign-ins are left. */
async function nothingLeft({ home }: World): Promise<void> {
  const left = () =>
    readdirSync(`${home.path}/.aws`, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.tmp$|locks\/|logins\//.test(name),
    );
  await until("all marks are gone", () => left().length === 0).catch(() => {});
  assert.deepEqual(left(), []);
}
