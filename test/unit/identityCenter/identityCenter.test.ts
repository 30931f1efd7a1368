import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { type IdentityCenter, ServiceError } from "../../../src/identityCenter/identityCenter.ts";
import { startUrlRequest } from "../../../src/identityCenter/startUrl.ts";
import { startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { inFreshProcess } from "../http/freshProcess.ts";
import { accessTo, answering, httpServer, JSON_TYPE, ROLE_CREDENTIALS, type Seen } from "../http/servers.ts";

const client = { clientId: "cid", clientSecret: "csec", expiresAt: 0 };

/** The AWS CLI's requests in a recorded run (test/vectors). */
function recorded(scenario: string, path: string): { method: string; path: string; body: unknown } {
  const file = new URL(`../../vectors/aws-cli-2.36.7/${scenario}/requests.jsonl`, import.meta.url);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const found = lines.map((line) => JSON.parse(line)).find((request) => request.path.startsWith(path));
  if (!found) throw new Error(`no ${path} in ${scenario}`);
  return found;
}

/** Runs one call against a server with this response. Returns the request. */
async function sentBy(call: (api: IdentityCenter) => Promise<unknown>, answer = "{}"): Promise<Seen> {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, answer));
  await call(await accessTo(server.url)).catch((error) => {
    if (!isKind(error, "unavailable")) throw error;
  });
  const [request] = seen;
  if (!request || seen.length > 1) throw new Error(`${seen.length} requests`);
  return request;
}

type Sent = Record<string, string> & { scopes: string[]; grantTypes: string[]; redirectUris: string[] };

test.each<[string, string, string, (api: IdentityCenter, body: Sent) => Promise<unknown>]>([
  [
    "registration for the code grant",
    "pkce-session",
    "/client/register",
    (api, { clientName = "", scopes, grantTypes, redirectUris, issuerUrl = "" }) =>
      api.registerClient({ clientName, scopes, grantTypes, redirectUris, issuerUrl }),
  ],
  [
    "registration for the device grant",
    "device-session",
    "/client/register",
    (api, { clientName = "", scopes }) => api.registerClient({ clientName, scopes }),
  ],
  [
    "registration for a legacy profile",
    "device-legacy",
    "/client/register",
    (api, { clientName = "" }) => api.registerClient({ clientName }),
  ],
  [
    "start of the device grant",
    "device-session",
    "/device_authorization",
    (api, { startUrl = "", ...body }) => api.startDeviceAuthorization(clientOf(body), startUrl),
  ],
  [
    "poll of the device grant",
    "device-session",
    "/token",
    (api, { deviceCode = "", ...body }) => api.redeemDeviceCode(clientOf(body), deviceCode),
  ],
  [
    "redemption of the code",
    "pkce-session",
    "/token",
    (api, { code = "", codeVerifier = "", redirectUri = "", ...body }) =>
      api.redeemAuthorizationCode(clientOf(body), { code, codeVerifier, redirectUri }),
  ],
  [
    "refresh",
    "refresh",
    "/token",
    (api, { refreshToken = "", ...body }) => api.refresh(clientOf(body), refreshToken),
  ],
])("the %s is the AWS CLI's", async (_name, scenario, path, call) => {
  const wanted = recorded(scenario, path);
  const request = await sentBy((api) => call(api, wanted.body as Sent));
  expect([request.method, request.path]).toEqual([wanted.method, wanted.path]);
  expect(JSON.parse(request.body)).toEqual(wanted.body);
  expect(request.headers["content-type"]).toBe("application/json");
  expect(request.headers).not.toHaveProperty("authorization");
});

function clientOf({ clientId = "", clientSecret = "" }: Record<string, unknown>) {
  return { clientId: String(clientId), clientSecret: String(clientSecret) };
}

test("role credentials are requested as by the AWS CLI, with the token only in its header", async () => {
  const wanted = recorded("device-session", "/federation/credentials");
  const request = await sentBy((api) => api.getRoleCredentials("at-20", "111122223333", "Admin"));
  const [path, query] = request.path.split("?");
  const [wantedPath, wantedQuery] = wanted.path.split("?");
  expect([request.method, path]).toEqual([wanted.method, wantedPath]);
  expect(query?.split("&").sort()).toEqual(wantedQuery?.split("&").sort());
  expect(request.headers["x-amz-sso_bearer_token"]).toBe("at-20");
  expect(request.headers).not.toHaveProperty("authorization");
});

test("the sign-out is the AWS CLI's request: POST without content", async () => {
  const wanted = recorded("after-logout", "/logout");
  const request = await sentBy((api) => api.logout("at-30"));
  expect([request.method, request.path, request.body]).toEqual([wanted.method, wanted.path, wanted.body]);
  expect(request.headers).toMatchObject({ "content-length": "0", "x-amz-sso_bearer_token": "at-30" });
});

test("an empty response to the sign-out is a success", async () => {
  const server = await httpServer(answering([], 200, {}, ""));
  await expect((await accessTo(server.url)).logout("t")).resolves.toBeUndefined();
});

test("lists are requested page by page, with a hundred items each", async () => {
  const accounts = { accountList: [{ accountId: "111122223333" }], nextToken: "a/b+c=" };
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, JSON.stringify(accounts)));
  const api = await accessTo(server.url);
  expect(await api.listAccounts("t")).toEqual({
    accounts: [{ accountId: "111122223333", accountName: "", emailAddress: "" }],
    nextToken: "a/b+c=",
  });
  await api.listAccounts("t", "a/b+c=");
  await api.listAccountRoles("t", "111122223333", "a/b+c=");
  expect(seen.map(({ path }) => path)).toEqual([
    "/assignment/accounts?max_result=100",
    "/assignment/accounts?next_token=a%2Fb%2Bc%3D&max_result=100",
    "/assignment/roles?account_id=111122223333&next_token=a%2Fb%2Bc%3D&max_result=100",
  ]);
});

test.each([
  ["listAccounts", { accountList: null, nextToken: null }, { accounts: [] }],
  ["listAccounts", {}, { accounts: [] }],
  [
    "listAccountRoles",
    { roleList: [{ roleName: "A" }, { roleName: "B", accountId: "1" }] },
    { roles: ["A", "B"] },
  ],
] as const)("%s reads %j", async (method, answer, page) => {
  const server = await httpServer(answering([], 200, JSON_TYPE, JSON.stringify(answer)));
  expect(await (await accessTo(server.url))[method]("t", "")).toEqual(page);
});

test("the expiration of role credentials is floored to whole seconds", async () => {
  const server = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const api = await accessTo(server.url);
  expect(await api.getRoleCredentials("t", "111122223333", "Admin")).toEqual({
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: "secret",
    sessionToken: "session",
    expiration: 1_795_348_035_000,
  });
});

const GRANT = { accessToken: "at", expiresIn: 3600 };
const DEVICE = { deviceCode: "d", userCode: "U", verificationUri: "https://v", expiresIn: 600 };
const refresh = (api: IdentityCenter) => api.refresh(client, "rt");
const device = (api: IdentityCenter) => api.startDeviceAuthorization(client, "https://s");
const register = (api: IdentityCenter) => api.registerClient({ clientName: "n" });
const accounts = (api: IdentityCenter) => api.listAccounts("t");
const roles = (api: IdentityCenter) => api.listAccountRoles("t", "1");

test.each<[object, (api: IdentityCenter) => Promise<unknown>, string]>([
  [{}, refresh, "CreateToken without accessToken"],
  [{ ...GRANT, accessToken: "" }, refresh, "CreateToken with a malformed accessToken"],
  [{ accessToken: "at" }, refresh, "CreateToken without expiresIn"],
  [{ ...GRANT, expiresIn: 0 }, refresh, "CreateToken with a malformed expiresIn"],
  [{ ...GRANT, expiresIn: -5 }, refresh, "CreateToken with a malformed expiresIn"],
  [{ ...GRANT, expiresIn: "3600" }, refresh, "CreateToken with a malformed expiresIn"],
  [{ ...GRANT, expiresIn: 1e10 }, refresh, "CreateToken with a malformed expiresIn"],
  [{}, device, "StartDeviceAuthorization without verificationUri"],
  [{ ...DEVICE, userCode: 7 }, device, "StartDeviceAuthorization with a malformed userCode"],
  [{ ...DEVICE, expiresIn: 1e12 }, device, "StartDeviceAuthorization with a malformed expiresIn"],
  [{ ...DEVICE, interval: -1 }, device, "StartDeviceAuthorization with a malformed interval"],
  [{ clientId: "c", clientSecretExpiresAt: 1 }, register, "RegisterClient without clientSecret"],
  [
    { clientId: "c", clientSecret: "s", clientSecretExpiresAt: -9 },
    register,
    "RegisterClient with a malformed clientSecretExpiresAt",
  ],
  [{ accountList: [{ accountName: "x" }] }, accounts, "ListAccounts without accountId"],
  [{ accountList: [null] }, accounts, "ListAccounts without accountId"],
  [{ roleList: [{ roleName: 5 }] }, roles, "ListAccountRoles with a malformed roleName"],
])("the response %j is unavailable, and the message names what is wrong", async (answer, call, message) => {
  const server = await httpServer(answering([], 200, JSON_TYPE, JSON.stringify(answer)));
  const failure = await call(await accessTo(server.url)).catch((error) => error);
  expect(failure).toHaveProperty("message", `${server.host} answered ${message}`);
  expect(isKind(failure, "unavailable")).toBe(true);
});

const LONG = "x".repeat(32_769);
const CLIENT = { clientId: "c", clientSecret: "s", clientSecretExpiresAt: 1 };

test.each<[string, object, (api: IdentityCenter) => Promise<unknown>, string]>([
  ["a client id", { ...CLIENT, clientId: LONG.slice(0, 1_025) }, register, "RegisterClient … clientId"],
  ["a client secret", { ...CLIENT, clientSecret: LONG }, register, "RegisterClient … clientSecret"],
  ["a device code", { ...DEVICE, deviceCode: LONG }, device, "StartDeviceAuthorization … deviceCode"],
  ["an access token", { ...GRANT, accessToken: LONG }, refresh, "CreateToken … accessToken"],
  ["a refresh token", { ...GRANT, refreshToken: LONG }, refresh, "CreateToken … refreshToken"],
])("%s longer than the service's own is rejected", async (_name, answer, call, message) => {
  const server = await httpServer(answering([], 200, JSON_TYPE, JSON.stringify(answer)));
  const failure = await call(await accessTo(server.url)).catch((error) => error);
  expect(failure).toHaveProperty(
    "message",
    `${server.host} answered ${message.replace("…", "with an over-long")}`,
  );
  expect(isKind(failure, "unavailable")).toBe(true);
});

test.each([
  '{"accountList":"x"}',
  '{"accountList":{"length":1e9}}',
  '{"accountList":[["__proto__"]]}',
  '{"__proto__":{"accountList":[]}, "accountList":5}',
])("the response %s causes no unexpected error", async (body) => {
  const server = await httpServer(answering([], 200, JSON_TYPE, body));
  const failure = await accounts(await accessTo(server.url)).catch((error) => error);
  expect(isKind(failure, "unavailable")).toBe(true);
  expect(Object.hasOwn(Object.prototype, "accountList")).toBe(false);
});

test("any response gives a value, the service's rejection or unavailable, without a control character", async () => {
  let answer = { status: 200, headers: {}, body: "" };
  const server = await httpServer((_request, response) => {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const api = await accessTo(server.url);
  const key = fc.constantFrom(
    "roleCredentials",
    "accessKeyId",
    "expiration",
    "accessToken",
    "expiresIn",
    "accountList",
  );
  const words = fc.constantFrom(
    "error",
    "error_description",
    "__type",
    "message",
    "__proto__",
    "constructor",
  );
  const json = fc
    .dictionary(fc.oneof(key, words, fc.string()), fc.jsonValue())
    .map((value) => JSON.stringify(value));
  const type = fc.constantFrom("application/json", "text/html", "");
  const mark = fc.constantFrom("ForbiddenException", "a#b:c", "#", "\u00e9");
  const anyAnswer = fc.record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    headers: fc.record({ "content-type": type, "x-amzn-errortype": mark }, { requiredKeys: [] }),
    body: fc.oneof(json, fc.json(), fc.string({ unit: "binary" })),
  });
  const calls = [
    refresh,
    accounts,
    (some: IdentityCenter) => some.getRoleCredentials("t", "111122223333", "A"),
  ];
  const check = async (next: typeof answer, call: (some: IdentityCenter) => Promise<unknown>) => {
    answer = next;
    const failure = await call(api).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined) return;
    expect(failure instanceof ServiceError || isKind(failure, "unavailable")).toBe(true);
    expect(failure.message).not.toMatch(/\p{Cc}/u);
  };
  await fc.assert(fc.asyncProperty(anyAnswer, fc.constantFrom(...calls), check), { numRuns: 300 });
});

test("without an interval the device grant polls every 5 s, as RFC 8628 has it", async () => {
  const server = await httpServer(answering([], 200, JSON_TYPE, JSON.stringify(DEVICE)));
  expect(await device(await accessTo(server.url))).toEqual({
    deviceCode: "d",
    userCode: "U",
    verificationUri: "https://v",
    verificationUriComplete: "https://v",
    expiresInSeconds: 600,
    intervalSeconds: 5,
  });
});

test.each([0.001, 1e-9, 0.99])("an interval of %j s becomes one second", async (interval) => {
  const answer = JSON.stringify({ ...DEVICE, interval });
  const server = await httpServer(answering([], 200, JSON_TYPE, answer));
  expect(await device(await accessTo(server.url))).toMatchObject({ intervalSeconds: 1 });
});

test("a secret that the service repeats in an error is not shown", async () => {
  const complaint = { error: "invalid_grant", error_description: "no such token: rt-secret" };
  const server = await httpServer(answering([], 400, JSON_TYPE, JSON.stringify(complaint)));
  const failure = await (await accessTo(server.url)).refresh(client, "rt-secret").catch((error) => error);
  expect(failure).toMatchObject({ code: "invalid_grant", message: "invalid_grant" });
});

test("an access token that no header can carry is rejected as by the service, without a request", async () => {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, "{}"));
  const api = await accessTo(server.url);
  for (const token of ["", "a\nb", "a\r\nx-evil: 1", "é", "a b"]) {
    const failure = await api.getRoleCredentials(token, "111122223333", "Admin").catch((error) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure).toMatchObject({ status: 401, code: "UnauthorizedException" });
  }
  expect(seen).toEqual([]);
});

test("the trace has each request's name, host and status, and nothing secret", async () => {
  const steps: [string, unknown][] = [];
  const server = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const api = await accessTo(server.url, { onStep: (what, details) => void steps.push([what, details]) });
  await api.getRoleCredentials("token-of-the-test", "111122223333", "Admin");
  await api.refresh({ clientId: "cid", clientSecret: "csec" }, "rt-secret").catch(() => {});
  const { host } = server;
  expect(steps).toEqual([
    ["GetRoleCredentials", { host, status: 200, ms: expect.any(Number) }],
    ["CreateToken", { host, status: 200, ms: expect.any(Number) }],
  ]);
});

test("neither the environment nor ~/.aws changes a request, and no file of ~/.aws is read", async () => {
  const home = mkdtempSync(join(tmpdir(), "sso-cred-home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, ".aws"));
  const section = [
    "region = us-west-2",
    "endpoint_url = http://127.0.0.1:1",
    "use_fips_endpoint = true",
    "use_dualstack_endpoint = true",
    "retry_mode = nonsense",
    "max_attempts = many",
    "sdk_ua_app_id = somebody",
    "credential_process = /bin/false",
  ].join("\n");
  writeFileSync(join(home, ".aws/config"), `[default]\n${section}\n[profile other]\n${section}\n`);
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, ROLE_CREDENTIALS));
  const work = `filesReadBy(() => accessTo(${JSON.stringify(server.url)}))`;
  const hostile = {
    HOME: home,
    AWS_PROFILE: "other",
    AWS_REGION: "us-west-2",
    AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:1",
    AWS_USE_FIPS_ENDPOINT: "true",
    AWS_USE_DUALSTACK_ENDPOINT: "true",
    AWS_MAX_ATTEMPTS: "many",
    AWS_RETRY_MODE: "nonsense",
    AWS_DEFAULTS_MODE: "nonsense",
    AWS_AUTH_SCHEME_PREFERENCE: "sigv4",
    AWS_SDK_UA_APP_ID: "somebody",
    AWS_EXECUTION_ENV: "somewhere",
    AWS_LAMBDA_FUNCTION_NAME: "function",
    _X_AMZN_TRACE_ID: "trace",
  };
  await inFreshProcess(work, { HOME: "/nonexistent" });
  const plain = seen.splice(0);
  const { stdout, stderr } = await inFreshProcess(work, hostile);
  expect(plain).toHaveLength(4);
  expect(seen).toEqual(plain);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout).filter((file: string) => file.startsWith(home))).toEqual([]);
  // The same watch shows what the unrestricted SDK does.
  const control = await inFreshProcess("filesReadBy(careless)", { HOME: home });
  expect(JSON.parse(control.stdout)).toContain(join(home, ".aws/config"));
});

test("the start URL's redirect is reported, not followed", async () => {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 302, { location: "https://d-1.awsapps.com/start" }, ""));
  const ask = startUrlRequest(
    { caBundle: undefined, name: "corp", loginArguments: "corp" },
    { env: {}, now: Date.now, trace: { step() {} } },
  );
  expect(await ask("HEAD", `${server.url}/x`, 1000)).toEqual({
    status: 302,
    location: "https://d-1.awsapps.com/start",
  });
  expect(seen).toMatchObject([{ method: "HEAD", path: "/x" }]);
});

test("sign-in, refresh, role credentials and sign-out work against the local Identity Center", async () => {
  const center = await startIdentityCenter({ consent: "page" });
  onTestFinished(() => center.stop());
  const api = await accessTo(center.urls.oidc);
  const registered = await api.registerClient({ clientName: "test", scopes: ["sso:account:access"] });
  const authorization = await api.startDeviceAuthorization(registered, "https://d-1.awsapps.com/start");
  const pending = await api.redeemDeviceCode(registered, authorization.deviceCode).catch((error) => error);
  expect(pending).toMatchObject({ status: 400, code: "authorization_pending" });
  center.approveDevice(authorization.userCode);
  const grant = await api.redeemDeviceCode(registered, authorization.deviceCode);
  expect(grant.refreshToken).toBeDefined();
  const refreshed = await api.refresh(registered, grant.refreshToken ?? "");
  const used = await api.refresh(registered, grant.refreshToken ?? "").catch((error) => error);
  expect(used).toMatchObject({ status: 400, code: "invalid_grant" });
  const { accounts } = await api.listAccounts(refreshed.accessToken);
  const accountId = accounts[0]?.accountId ?? "";
  const { roles } = await api.listAccountRoles(refreshed.accessToken, accountId);
  const credentials = await api.getRoleCredentials(refreshed.accessToken, accountId, roles[0] ?? "");
  expect(credentials.expiration % 1000).toBe(0);
  const denied = await api
    .getRoleCredentials(refreshed.accessToken, accountId, "Nope")
    .catch((error) => error);
  expect(denied).toMatchObject({ status: 403, code: "ForbiddenException" });
  await api.logout(refreshed.accessToken);
  const after = await api.listAccounts(refreshed.accessToken).catch((error) => error);
  expect(after).toMatchObject({ status: 401, code: "UnauthorizedException" });
});
