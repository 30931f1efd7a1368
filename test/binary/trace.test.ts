import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  type BinaryWorld,
  binaryWorld,
  expireToken,
  MAIN_JOB,
  signedIn,
  signedInWorld,
} from "../support/binaryWorld.ts";
import { secretsOf } from "../support/secrets.ts";

const LINE = /^\d{4}-\d\d-\d\dT[\d:.]+Z \d+ \+\d+ms \S.*$/;

/** The secrets of the run, and what else is only for the person and the two sides. */
function untold({ center }: BinaryWorld): string[] {
  const { state, requests } = center;
  return [
    ...secretsOf(center),
    ...requests.flatMap(({ query }) => [query.state ?? "", query.code_challenge ?? ""]),
    ...[...state.devices.values()].map(({ userCode }) => userCode),
    ...state.roleKeys.keys(),
  ].filter((text) => text !== "");
}

async function tracedWorld(...given: Parameters<typeof binaryWorld>) {
  const world = await binaryWorld(...given);
  const path = join(world.home.path, "trace.log");
  return { ...world, path, trace: () => world.home.read("trace.log"), env: { SSO_CRED_TRACE: path } };
}

async function expectClean(world: Awaited<ReturnType<typeof tracedWorld>>): Promise<string> {
  const text = await world.trace();
  const secrets = untold(world);
  expect(secrets.length).toBeGreaterThan(3);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  const lines = text.trimEnd().split("\n");
  expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
  expect((statSync(world.path).mode & 0o777).toString(8)).toBe("600");
  return text;
}

it.each([{ SSO_CRED_LOGIN: "browser" }, { SSO_CRED_LOGIN: "device" }])(
  "a sign-in (%o), a hit, a refresh and a logout leave lines with their time, and no secret",
  async (login) => {
    const world = await tracedWorld({ env: login });
    await world.run(MAIN_JOB, world.env);
    await world.noWorker();
    await world.run(MAIN_JOB, world.env);
    await expireToken(world.home);
    await world.run([...MAIN_JOB.slice(0, 4), "Admin"], world.env);
    await world.run(["status"], world.env);
    await world.run(["logout"], world.env);
    const text = await expectClean(world);
    for (const step of [
      "begin",
      "start the sign-in",
      "sign-in begins",
      "open the sign-in page",
      "sign-in succeeded",
    ]) {
      expect(text).toMatch(new RegExp(`ms ${step}\\b`));
    }
    for (const step of [
      "RegisterClient",
      "CreateToken",
      "GetRoleCredentials",
      "Logout",
      "cache hit",
      "printed",
    ]) {
      expect(text).toContain(step);
    }
    expect(text).toMatch(/caller=.*\(process \d+\)/);
    expect(text).toMatch(/status=200/);
  },
);

it("failures are recorded, too, without secrets", async () => {
  const world = await tracedWorld({ env: { SSO_CRED_LOGIN: "device", BROWSER: undefined } });
  const first = await world.run(MAIN_JOB, world.env);
  expect(first.stderr).toMatch(/code [A-Z]{4}-[A-Z]{4}/);
  await world.run(["logout"], world.env);
  await world.noWorker();
  await signedIn(world);
  for (const kind of ["captivePortal", "invalidJson", "drop", "half"] as const) {
    world.center.behave();
    world.center.misbehave({ path: "/federation/credentials", times: 1, how: { kind } });
    await world.run([...MAIN_JOB.slice(0, 4), kind], world.env);
  }
  world.center.behave();
  world.center.revokeSessions();
  await world.run(MAIN_JOB, { ...world.env, SSO_CRED_LOGIN: "never" });
  await world.run(["login", "--bogus"], world.env);
  const text = await expectClean(world);
  for (const kind of ["login-required", "unavailable", "usage"]) expect(text).toContain(`kind=${kind}`);
});

it("a file that others may read becomes 0600, and one that cannot be written makes no run fail", async () => {
  const world = await tracedWorld();
  await world.home.write("trace.log", "", 0o644);
  await signedIn(world);
  expect(await world.run(MAIN_JOB, world.env)).toMatchObject({ code: 0, stderr: "" });
  await expectClean(world);
  for (const path of ["/dev/full", "/nonexistent/folder/trace", world.home.path]) {
    expect(await world.run(MAIN_JOB, { SSO_CRED_TRACE: path })).toMatchObject({ code: 0, stderr: "" });
  }
});

it("SSO_CRED_TRACE=/dev/stdout does not add to the document", async () => {
  const world = await signedInWorld();
  for (const source of ["the portal", "the cache"]) {
    const { code, stdout } = await world.run(MAIN_JOB, { SSO_CRED_TRACE: "/dev/stdout" });
    expect([source, code, stdout]).toEqual([source, 0, expect.stringMatching(/^\{"Version":1,.*\}\n?$/)]);
  }
});
