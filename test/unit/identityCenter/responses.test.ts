import { expect, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { type IdentityCenter, ServiceError } from "../../../src/identityCenter/identityCenter.ts";
import { fc } from "../../support/fuzzing.ts";
import { accessTo, answering, httpServer, JSON_TYPE, ROLE_CREDENTIALS } from "../http/servers.ts";

const client = { clientId: "cid", clientSecret: "csec", expiresAt: 0 };

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
  [{ ...GRANT, accessToken: "a b" }, refresh, "CreateToken with a malformed accessToken"],
  [{ ...GRANT, accessToken: "at\r\nx: y" }, refresh, "CreateToken with a malformed accessToken"],
  [{ ...GRANT, accessToken: "ät" }, refresh, "CreateToken with a malformed accessToken"],
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

test.each([0, 0.001, 1e-9, 0.99])("an interval of %j s becomes one second", async (interval) => {
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
