import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { type IdentityCenter, ServiceError } from "../../../src/identityCenter/identityCenter.ts";
import { startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { inFreshProcess } from "../http/freshProcess.ts";
import { accessTo, answering, httpServer, JSON_TYPE, ROLE_CREDENTIALS, type Seen } from "../http/servers.ts";

/** The AWS CLI's requests in a recorded run (test/vectors). */
function recorded(scenario: string, path: string): { method: string; path: string; body: unknown } {
  const file = new URL(`../../vectors/aws-cli-2.36.7/${scenario}/requests.jsonl`, import.meta.url);
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const found = lines.map((line) => JSON.parse(line)).find((request) => request.path.startsWith(path));
  if (!found) throw new Error(`no ${path} in ${scenario}`);
  return found;
}

/** Runs one call against a server with this response. Returns the request. */
async function sentBy(call: (api: IdentityCenter) => Promise<unknown>): Promise<Seen> {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, "{}"));
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
  expect(request.headers).toMatchObject({
    "content-type": "application/json",
    "accept-encoding": "identity",
  });
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
  expect(request.headers).toMatchObject({
    "x-amz-sso_bearer_token": "at-20",
    "accept-encoding": "identity",
  });
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
  const home = temporaryFolder();
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
