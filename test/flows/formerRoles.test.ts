import { describe, expect, it } from "vitest";
import { rolePath, START_URL, sessionSection } from "../support/home.ts";
import { ACCOUNT, putToken, roleArguments, signedInWorld } from "../support/signedIn.ts";
import type { SignInWorld } from "../support/signInWorld.ts";

const CONFIG = ".aws/config";
const BOTH = `${sessionSection("corp")}\n${sessionSection("old")}`;
function changed(from: string, to: string): string {
  return `${sessionSection("corp")}\n${sessionSection("old").replace(from, to)}`;
}
const CHANGES: readonly [string, string][] = [
  ["was removed", sessionSection("corp")],
  ["has another start URL", changed(START_URL, "https://d-0000000000.awsapps.com/start")],
  ["has another region", changed("eu-west-1", "us-east-1")],
];

/** A world with cached credentials of two roles of `old`, and an expired token of `corp`. */
async function worldWithOld(): Promise<SignInWorld> {
  const world = await signedInWorld({ session: "old", config: BOTH, env: { SSO_CRED_LOGIN: "never" } });
  await putToken(world, { secondsLeft: -1 });
  for (const role of ["ReadOnly", "Admin"])
    expect((await world.call(roleArguments(role, "old"))).code).toBe(0);
  return world;
}

const cached = ({ home }: SignInWorld, role: string) => home.exists(rolePath("old", ACCOUNT, role));

describe.each(CHANGES)("the role credentials of a session that %s", (_, config) => {
  it.each<[string, readonly string[]]>([
    ["a miss of that session", roleArguments("Billing", "old")],
    ["init", ["init", "corp", "--session-only", "--yes"]],
  ])("are removed by %s", async (_, args) => {
    const world = await worldWithOld();
    await world.home.write(CONFIG, config);
    await world.call(args);
    expect([await cached(world, "ReadOnly"), await cached(world, "Admin")]).toEqual([false, false]);
  });

  it("are removed by a sign-in to another session", async () => {
    const world = await worldWithOld();
    await world.home.write(CONFIG, config);
    expect((await world.call(["login", "corp"])).code).toBe(0);
    expect([await cached(world, "ReadOnly"), await cached(world, "Admin")]).toEqual([false, false]);
  });
});

it("a profile is not served what was cached before its session got another region", async () => {
  const world = await worldWithOld();
  const profile = `[profile old]\nsso_session = old\nsso_account_id = ${ACCOUNT}\nsso_role_name = ReadOnly\n`;
  await world.home.write(CONFIG, `${profile}${BOTH}`);
  expect((await world.call(["--profile", "old"])).code).toBe(0);
  await world.home.write(CONFIG, `${profile}${CHANGES[2]?.[1]}`);
  expect(await world.call(["--profile", "old"])).toMatchObject({ code: 4, stdout: "" });
});

it("role credentials of a session in another config file stay, and those of a config that is not there", async () => {
  const world = await worldWithOld();
  const elsewhere = await world.home.write("other/config", sessionSection("corp"));
  for (const AWS_CONFIG_FILE of [elsewhere, "/nonexistent"])
    await world.call(["login", "corp"], { env: { AWS_CONFIG_FILE } });
  await world.call(roleArguments("Admin", "nobody"), { env: { AWS_CONFIG_FILE: elsewhere } });
  expect([await cached(world, "ReadOnly"), await cached(world, "Admin")]).toEqual([true, true]);
});
