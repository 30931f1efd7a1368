import { expect, it } from "vitest";
import { NO_ENDPOINTS } from "../support/atAws.ts";
import { roleFile, rolePath, SSO_KEYS, sessionSection } from "../support/home.ts";
import { credentialsOf, MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

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
    expect(await world.call(MAIN_JOB, { env: NO_ENDPOINTS })).toMatchObject({ code: 0, stderr: "" });
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
    `[profile local]\n${SSO_KEYS}endpoint_url = ${url}/stack\n${sessionSection("corp")}`,
  );
  const env = { ...NO_ENDPOINTS, CI: "1" };
  const role = rolePath("corp", "123456789011", "ReadOnly");
  await home.write(role, roleFile(world.clock.now() + 3600_000, "123456789011"));
  const before = await home.read(role);
  const { code } = await world.call(["--profile", "local"], { env });
  expect(code).not.toBe(0);
  expect(await home.read(role)).toBe(before);
});
