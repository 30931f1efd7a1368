import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../../src/cli.ts";
import { EXIT_CODE } from "../../../src/errors.ts";
import { runLoginWorker } from "../../../src/login/loginWorker.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, makeHome, START_URL, sessionSection, tokenFile, tokenPath } from "../../support/home.ts";
import {
  anyBytes,
  anyJson,
  expectUnpolluted,
  FUZZ_TIMEOUT,
  mistypedFields,
  oddWord,
  runs,
  spoiled,
} from "./fuzzing.ts";

const ACCOUNT = "123456789011";
const MAIN_JOB = ["corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What each path answers; a path that is missing answers well. */
let answers: Partial<Record<string, Answer>> = {};
let home: Home;
let server: Server;
let url: string;

beforeAll(async () => {
  home = await makeHome({ config: sessionSection("corp") });
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const answer = answers[pathname] ?? good(pathname);
    request.resume().on("end", () => {
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await home.remove();
});

const LATER = 4_000_000_000_000;
/** A good answer for each path; what is asked again and again comes to an end. */
const GOOD: Readonly<Record<string, Record<string, unknown>>> = {
  "/federation/credentials": {
    roleCredentials: { accessKeyId: "AK", secretAccessKey: "SK", sessionToken: "ST", expiration: LATER },
  },
  "/client/register": { clientId: "ci", clientSecret: "cs", clientSecretExpiresAt: LATER / 1000 },
  "/device_authorization": {
    deviceCode: "dc",
    userCode: "ABCD-EFGH",
    verificationUri: "https://example.com/d",
    verificationUriComplete: "https://example.com/d?c",
    expiresIn: 30,
    interval: 5,
  },
  "/token": { accessToken: "at2", tokenType: "Bearer", expiresIn: 3600, refreshToken: "rt2" },
  "/assignment/accounts": {
    accountList: [{ accountId: ACCOUNT, accountName: "n", emailAddress: "e" }],
    nextToken: null,
  },
  "/assignment/roles": { roleList: [{ roleName: "ReadOnly", accountId: ACCOUNT }], nextToken: null },
  "/logout": {},
};
const good = (path: string): Answer => ({
  status: path in GOOD ? 200 : 404,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(GOOD[path] ?? {})),
});

const words = fc.constantFrom(
  "authorization_pending",
  "slow_down",
  "access_denied",
  "expired_token",
  "invalid_grant",
  "invalid_client",
  "UnauthorizedException",
  "ForbiddenException",
  "x#InvalidRequestException:http://x",
);
const complaint = fc
  .record({ error: words, error_description: oddWord, __type: words, message: oddWord }, { requiredKeys: [] })
  .map((fields) => Buffer.from(JSON.stringify(fields)));

/** The page tokens that a listing is given end with it: a server that never ends a list is another test's. */
function answerTo(path: string): fc.Arbitrary<Answer> {
  const fields = mistypedFields(GOOD[path] ?? {}).map((text) =>
    Buffer.from(path.startsWith("/assignment") ? text.replaceAll('"nextToken"', '"next"') : text),
  );
  const inner = mistypedFields(
    GOOD["/federation/credentials"]?.roleCredentials as Record<string, unknown>,
  ).map((text) => Buffer.from(`{"roleCredentials":${text}}`));
  const body = fc.oneof(
    { arbitrary: path === "/federation/credentials" ? fc.oneof(fields, inner) : fields, weight: 4 },
    complaint,
    spoiled(fc.constant(JSON.stringify(GOOD[path] ?? {}))),
    anyBytes,
    anyJson.map((value) =>
      Buffer.from(JSON.stringify({ roleCredentials: value, accountList: value, accessToken: value })),
    ),
  );
  const status = fc.oneof(
    { arbitrary: fc.constantFrom(200, 200, 400, 401, 403), weight: 4 },
    fc.integer({ min: 200, max: 999 }),
  );
  const headers = fc.record(
    {
      "content-type": fc.constantFrom("application/json", "text/html", "application/x-amz-json-1.1", "x"),
      "x-amzn-errortype": words,
      "retry-after": fc.constantFrom("1", "-1", "99999999999", "Thu, 01 Jan 1970 00:00:00 GMT", "x"),
      location: fc.constantFrom("https://evil.example/", "file:///etc/passwd"),
      "content-encoding": fc.constantFrom("gzip", "br", "x"),
    },
    { requiredKeys: [] },
  );
  return fc.record({ status, headers, body });
}

const answersTo = (...paths: string[]) =>
  fc.record(Object.fromEntries(paths.map((path) => [path, answerTo(path)])), { requiredKeys: [] });

/** A caller with a token (`ageMs` past its issue) or none; its workers run in this process. */
async function call(args: readonly string[], token: { expiresAt: number } | undefined, login: string) {
  const clock = fakeClock(Date.now());
  const env = { HOME: home.path, AWS_ENDPOINT_URL: url, SSO_CRED_LOGIN: login };
  for (const folder of [".aws/sso", ".aws/cli", ".aws/sso-cred"]) await removeFolder(folder);
  if (token) {
    const registrationExpiresAt = clock.now() + 1e9;
    const rest = { clientId: "ci", clientSecret: "cs", refreshToken: "rt", accessToken: "at" };
    const file = tokenFile({
      startUrl: START_URL,
      region: "eu-west-1",
      ...token,
      ...rest,
      registrationExpiresAt,
    });
    await home.write(tokenPath("corp"), file);
  }
  const workers: Promise<void>[] = [];
  const system: FakeSystem = fakeSystem({
    env,
    clock,
    terminal: "pts-1",
    startDetached: ([, key = "", id = ""]) => {
      workers.push(runLoginWorker(key, id, fakeSystem({ env, clock, browser: "none" })));
    },
  });
  const code = await runCli(args, system);
  await Promise.all(workers);
  return { code, system };
}

async function removeFolder(folder: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(`${home.path}/${folder}`, { recursive: true, force: true });
}

const documented = [0, ...Object.values(EXIT_CODE)].filter((code) => code !== EXIT_CODE.unexpected);

function expectOrderly(code: number, system: FakeSystem): void {
  expect(documented).toContain(code);
  expect(system.stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(system.shown.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const sentences = /^sso-cred: [^\p{Cc}]+\n( {2}(run|open): [^\p{Cc}]+\n)*$/u;
  expect(system.stderr).toMatch(code === 0 ? /^$/ : sentences);
}

/** What is printed is whole, lives, and is what the portal said. */
function expectDocument(system: FakeSystem): void {
  const printed = JSON.parse(system.stdout);
  expect(Object.keys(printed)).toEqual([
    "Version",
    "AccessKeyId",
    "SecretAccessKey",
    "SessionToken",
    "Expiration",
    "AccountId",
  ]);
  expect(Date.parse(printed.Expiration)).toBeGreaterThan(system.clock.now());
  const sent = answers["/federation/credentials"]?.body ?? good("/federation/credentials").body;
  const { accessKeyId, secretAccessKey, sessionToken } = JSON.parse(sent.toString()).roleCredentials;
  expect([printed.AccessKeyId, printed.SecretAccessKey, printed.SessionToken]).toEqual([
    accessKeyId,
    secretAccessKey,
    sessionToken,
  ]);
}

test(
  "whatever portal and OIDC service answer, the main job prints whole, live credentials or one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const expiresAt = fc.constantFrom(Date.now() + 3_600_000, Date.now() + 300_000, Date.now() - 1_000);
    await fc.assert(
      fc.asyncProperty(
        answersTo("/federation/credentials", "/token", "/assignment/roles"),
        expiresAt,
        async (given, expires) => {
          answers = given;
          const { code, system } = await call(MAIN_JOB, { expiresAt: expires }, "never");
          expectOrderly(code, system);
          if (code === 0) expectDocument(system);
          else expect(system.stdout).toBe("");
        },
      ),
      runs(100, 6_000),
    );
    expectUnpolluted();
  },
);

/** It fits into no URL, and thus ended in a URIError once. */
const halfACharacter: Partial<Record<string, Answer>> = {
  "/client/register": {
    ...good("/client/register"),
    body: Buffer.from('{"clientId":"\\ud800","clientSecret":"cs","clientSecretExpiresAt":4000000000}'),
  },
};

test.each(["device", "browser"])(
  "whatever the OIDC service answers to a sign-in (%s), it ends in order",
  FUZZ_TIMEOUT,
  async (login) => {
    await fc.assert(
      fc.asyncProperty(answersTo("/client/register", "/device_authorization", "/token"), async (given) => {
        answers = given;
        const { code, system } = await call(MAIN_JOB, undefined, login);
        expectOrderly(code, system);
        if (code === 0) expectDocument(system);
      }),
      { ...runs(40, 6_000), examples: [[halfACharacter]] },
    );
    expectUnpolluted();
  },
);

test("whatever the portal lists, `list` shows it clean, as a table and as JSON", FUZZ_TIMEOUT, async () => {
  const command = fc.constantFrom(["list"], ["list", "--json"]);
  await fc.assert(
    fc.asyncProperty(answersTo("/assignment/accounts", "/assignment/roles"), command, async (given, args) => {
      answers = given;
      const { code, system } = await call(args, { expiresAt: Date.now() + 3_600_000 }, "never");
      expectOrderly(code, system);
      if (code === 0 && args.length > 1) expect(Array.isArray(JSON.parse(system.stdout))).toBe(true);
    }),
    runs(60, 5_000),
  );
  expectUnpolluted();
});

test(
  "whatever the portal answers to a logout, the local files are gone and it ends with 0",
  FUZZ_TIMEOUT,
  async () => {
    await fc.assert(
      fc.asyncProperty(answersTo("/logout"), async (given) => {
        answers = given;
        const { code, system } = await call(["logout"], { expiresAt: Date.now() + 3_600_000 }, "never");
        expectOrderly(code, system);
        expect([code, await home.files(".aws/sso")]).toEqual([0, []]);
      }),
      runs(40, 5_000),
    );
  },
);
