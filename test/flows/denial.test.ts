import { expect, it } from "vitest";
import { signInWorld } from "../support/signInWorld.ts";

const DENIED = {
  code: 5,
  stdout: "",
  stderr: "sso-cred: the sign-in to 'corp' was denied\n  run: sso-cred login corp\n",
};

it.each([{}, { SSO_CRED_LOGIN: "device" }])(
  "a denial answers the second run of an SDK too, for ten seconds (%o)",
  async (env) => {
    const { call, clock, opened } = await signInWorld({ env, center: { consent: "deny" } });
    expect(await call()).toMatchObject(DENIED);
    expect(await call()).toMatchObject(DENIED);
    expect(opened()).toHaveLength(1);
    clock.advance(10_000);
    expect(await call()).toMatchObject(DENIED);
    expect(opened()).toHaveLength(2);
  },
);

it("a denial keeps nobody from `sso-cred login`", async () => {
  const { call, opened } = await signInWorld({ center: { consent: "deny" } });
  await call();
  expect((await call(["login", "corp"])).code).toBe(5);
  expect(opened()).toHaveLength(2);
});

it("a sign-in that failed otherwise is begun anew at once", async () => {
  const { call, center } = await signInWorld();
  center.misbehave({ path: "/client/register", times: 1, how: { kind: "status", status: 400, body: {} } });
  expect((await call()).code).not.toBe(0);
  expect((await call()).code).toBe(0);
});

it("what the service says against a sign-in is told once", async () => {
  const { call, center } = await signInWorld();
  const body = { error: "invalid_client_metadata", error_description: "no such scope" };
  center.misbehave({ path: "/client/register", how: { kind: "status", status: 400, body } });
  const { code, stderr } = await call();
  const said = "sso-cred: the sign-in to 'corp' failed: invalid_client_metadata: no such scope";
  expect([code, stderr.split("\n")[0]]).toEqual([5, said]);
});
