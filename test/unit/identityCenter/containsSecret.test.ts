import { expect, test } from "vitest";
import { type IdentityCenter, ServiceError } from "../../../src/identityCenter/identityCenter.ts";
import { accessTo, answering, httpServer, JSON_TYPE } from "../http/servers.ts";

/** As long as the service's secrets, without a repeated part. */
const TOKEN = Array.from({ length: 300 }, (_, i) => (i * i * 7919 + 1_679_616).toString(36).slice(-4)).join(
  "",
);
const PIECE = 12;
const pieces = Array.from({ length: TOKEN.length - PIECE + 1 }, (_, i) => TOKEN.slice(i, i + PIECE));

async function refusal(call: (api: IdentityCenter) => Promise<unknown>, body: object, code: string) {
  const headers = { ...JSON_TYPE, "x-amzn-errortype": code };
  const server = await httpServer(answering([], 400, headers, JSON.stringify(body)));
  return await call(await accessTo(server.url)).catch((error: unknown) => error);
}

const portal = (api: IdentityCenter) => api.getRoleCredentials(TOKEN, "111122223333", "Admin");
const refused = (body: object, code = "ForbiddenException") => refusal(portal, body, code);

test.each<[string, object]>([
  ["whole", { message: `Token ${TOKEN} has no access` }],
  ["at the end of what is shown", { message: `${"x".repeat(180)} ${TOKEN}` }],
  ["cut short", { Message: `Token ${TOKEN.slice(0, 40)}... has no access` }],
  ["but for its beginning", { message: `Token ...${TOKEN.slice(-PIECE)} has no access` }],
  ["in lines", { message: TOKEN.replace(/.{60}/g, "$&\r\n") }],
  ["for an address", { error_description: `/federation?token=a%2F${TOKEN}` }],
])("a token that the service repeats %s is not shown", async (_, body) => {
  const error = (await refused(body)) as Error;
  expect(error).toBeInstanceOf(ServiceError);
  expect(error.message).toBe("ForbiddenException");
});

test("a token in the place of the error's name does not come from the service", async () => {
  const error = (await refused({ message: "no" }, `X${TOKEN.slice(0, 60)}`)) as Error;
  expect(error).toMatchObject({ kind: "unavailable" });
  expect(pieces.filter((piece) => error.message.includes(piece))).toEqual([]);
});

const client = { clientId: "cid", clientSecret: "secret", expiresAt: 0 };
const code = { code: TOKEN, codeVerifier: "verifier", redirectUri: "http://127.0.0.1/oauth/callback" };

test.each<[string, (api: IdentityCenter) => Promise<unknown>]>([
  ["refresh token", (api) => api.refresh(client, TOKEN)],
  ["client secret", (api) => api.refresh({ ...client, clientSecret: TOKEN }, "refresh")],
  ["device code", (api) => api.redeemDeviceCode(client, TOKEN)],
  ["authorization code", (api) => api.redeemAuthorizationCode(client, code)],
  [
    "code verifier",
    (api) => api.redeemAuthorizationCode(client, { ...code, codeVerifier: TOKEN, code: "grant" }),
  ],
])("nor is the %s", async (_, call) => {
  const body = { error: "invalid_request", error_description: `Not known: ${TOKEN.slice(3)}` };
  expect(await refusal(call, body, "InvalidRequestException")).toHaveProperty("message", "invalid_request");
});

test("a text that repeats no secret is shown", async () => {
  const message = "No access for this session token";
  expect(await refused({ message })).toHaveProperty("message", `ForbiddenException: ${message}`);
});

test("a value too short to be a secret hides no error of the service", async () => {
  const pending = { error: "authorization_pending" };
  const poll = (api: IdentityCenter) => api.redeemDeviceCode({ ...client, clientSecret: "a" }, "pending");
  expect(await refusal(poll, pending, "AuthorizationPendingException")).toMatchObject({
    code: "authorization_pending",
  });
});
