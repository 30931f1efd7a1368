import { expect, it } from "vitest";
import { atAws } from "../support/atAws.ts";
import { keyOf, putToken, readTokenFile, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

it("a run at AWS gets no credentials of a stand-in, and AWS is not sent its token", async () => {
  const world = await signInWorld();
  expect((await world.call()).code).toBe(0);
  expect(keyOf(await world.call())).not.toBe("");
  const { asked, env } = await atAws({ CI: "1" });
  expect(await world.call(MAIN_JOB, { env })).toMatchObject({ code: 4, stdout: "" });
  expect(asked).toEqual([]);
});

it("a refreshed token still belongs to that stand-in", async () => {
  const world = await signedInWorld({ secondsLeft: -1 });
  expect((await world.call()).code).toBe(0);
  const { asked, env } = await atAws({ CI: "1" });
  expect((await world.call(MAIN_JOB, { env })).code).toBe(4);
  expect(asked).toEqual([]);
});

it.each([
  ["logout", "corp"],
  ["logout", "--all"],
])("%s %s does not send a stand-in's token to AWS", async (...args) => {
  const world = await signInWorld();
  expect((await world.call()).code).toBe(0);
  const { asked, env } = await atAws();
  const { code, stdout } = await world.call(args, { env });
  expect([code, stdout]).toEqual([0, expect.stringContaining("the portal could not be told")]);
  expect(asked).toEqual([]);
});

it("a token that another tool wrote may be used at every endpoint", async () => {
  const world = await signInWorld({ env: { SSO_CRED_CACHE: "off" } });
  const token = await putToken(world);
  const { asked, env } = await atAws();
  expect((await world.call(MAIN_JOB, { env })).code).toBe(7);
  expect([new Set(asked).size, await readTokenFile(world)]).toEqual([1, token]);
});

it.each([
  ["moved", "http://127.0.0.1:1"],
  ["got another name", "https://stand-in.invalid"],
])("a stand-in that has %s is an outage, not another service: nobody is asked", async (_, url) => {
  const world = await signInWorld({ env: { SSO_CRED_CACHE: "off" } });
  expect((await world.call()).code).toBe(0);
  const env = { AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url };
  expect(await world.call(MAIN_JOB, { env })).toMatchObject({ code: 7, stdout: "" });
  expect(world.opened()).toHaveLength(1);
});

it("cached credentials of a stand-in that cannot be reached any more are used", async () => {
  const world = await signInWorld();
  const key = keyOf(await world.call());
  const url = "http://127.0.0.1:1";
  const env = { AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url };
  expect(keyOf(await world.call(MAIN_JOB, { env }))).toBe(key);
});

it("another name of AWS's own endpoint is AWS", async () => {
  const world = await signInWorld({ env: { SSO_CRED_CACHE: "off" } });
  expect((await world.call()).code).toBe(0);
  const { asked, env } = await atAws({
    CI: "1",
    AWS_ENDPOINT_URL: "https://vpce-1.portal.sso.eu-west-1.vpce.amazonaws.com",
  });
  expect((await world.call(MAIN_JOB, { env })).code).toBe(4);
  expect(asked).toEqual([]);
});
