import { expect, it } from "vitest";
import { roleFile, rolePath, sessionSection } from "../support/home.ts";
import { credentialsOf, MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

/** The emulator's endpoints are in the environment; without them the session would use AWS's. */
it.each([
  "endpoint_url = http://192.0.2.1:4566",
  "services = nowhere",
  "use_fips_endpoint = true\nuse_dualstack_endpoint = true",
  "ignore_configured_endpoint_urls = true",
  "ca_bundle = /nonexistent/ca.pem",
  "sso_start_url = no url\nsso_region = nowhere",
])("no setting in [default] makes the main job fail: %s", async (defaults) => {
  for (const name of ["default", "DEFAULT"]) {
    const { call } = await signInWorld({ config: `[${name}]\n${defaults}\n\n${sessionSection("corp")}` });
    const run = await call(MAIN_JOB);
    expect([name, run.code, run.stderr]).toEqual([name, 0, ""]);
    expect(credentialsOf(run).AccountId).toBe("123456789011");
  }
});

it.each(["default", "profile default", "DEFAULT"])(
  "no request goes to the endpoint of [%s]",
  async (name) => {
    const [world, stranger] = [await signInWorld(), await signInWorld()];
    const session = sessionSection("corp", [`endpoint_url = ${world.center.url}`]);
    await world.home.write(".aws/config", `[${name}]\nendpoint_url = ${stranger.center.url}\n\n${session}`);
    const env = Object.fromEntries(Object.keys(world.center.env).map((name) => [name, undefined]));
    expect(await world.call(MAIN_JOB, { env })).toMatchObject({ code: 0, stderr: "" });
    expect(world.center.requests).not.toEqual([]);
    expect(stranger.center.requests).toEqual([]);
  },
);

it("a profile with its own portal neither writes nor reads the cache of its session", async () => {
  const world = await signInWorld();
  const { home, center } = world;
  const url = center.urls.portal;
  await home.write(
    ".aws/config",
    `[profile local]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\nendpoint_url = ${url}/stack\n${sessionSection("corp")}`,
  );
  const env = { AWS_ENDPOINT_URL_SSO: undefined, AWS_ENDPOINT_URL_SSO_OIDC: undefined, CI: "1" };
  const role = rolePath("corp", "123456789011", "ReadOnly");
  await home.write(role, roleFile(world.clock.now() + 3600_000, "123456789011"));
  const before = await home.read(role);
  const { code } = await world.call(["--profile", "local"], { env });
  expect(code).not.toBe(0);
  expect(await home.read(role)).toBe(before);
});
