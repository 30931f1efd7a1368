import { expect, it } from "vitest";
import { sessionSection } from "../support/home.ts";
import { credentialsOf, MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

/** The emulator's endpoints stand in the environment; without them the session would ask AWS itself. */
it.each([
  "endpoint_url = http://192.0.2.1:4566",
  "services = nowhere",
  "use_fips_endpoint = true\nuse_dualstack_endpoint = true",
  "ignore_configured_endpoint_urls = true",
  "ca_bundle = /nonexistent/ca.pem",
  "sso_start_url = no url\nsso_region = nowhere",
])("the main job does not fail for what stands in [default]: %s", async (defaults) => {
  const { call } = await signInWorld({ config: `[default]\n${defaults}\n\n${sessionSection("corp")}` });
  const run = await call(MAIN_JOB);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  expect(credentialsOf(run).AccountId).toBe("123456789011");
});

it("no request goes to the endpoint of [default]", async () => {
  const [world, stranger] = [await signInWorld(), await signInWorld()];
  const session = sessionSection("corp", [`endpoint_url = ${world.center.url}`]);
  await world.home.write(".aws/config", `[default]\nendpoint_url = ${stranger.center.url}\n\n${session}`);
  const env = Object.fromEntries(Object.keys(world.center.env).map((name) => [name, undefined]));
  expect(await world.call(MAIN_JOB, { env })).toMatchObject({ code: 0, stderr: "" });
  expect(world.center.requests).not.toEqual([]);
  expect(stranger.center.requests).toEqual([]);
});
