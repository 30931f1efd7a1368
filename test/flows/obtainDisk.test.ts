import { chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tokenPath } from "../support/home.ts";
import { start } from "../support/run.ts";
import { ASSIGNMENT, keyOf, pathsAsked, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const environment = ({ home, center }: SignInWorld) => ({ ...home.env, ...center.env, CI: "1" });

/** Runs the program from source with a limit on the size of files, in blocks of 512 bytes. */
function runOnFullDisk(world: SignInWorld, blocks: number) {
  const command = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" --no-warnings "$@"`;
  return start("/bin/sh", ["-c", command, process.execPath, MAIN, ...MAIN_JOB], { env: environment(world) })
    .done;
}

/** Runs the program from source as a user who may read the home but not write to it. */
function runReadOnly(world: SignInWorld) {
  for (const folder of [".aws/sso/cache", ".aws/sso", ".aws", ""])
    chmodSync(join(world.home.path, folder), 0o555);
  for (const file of [tokenPath("corp"), ".aws/config"]) chmodSync(join(world.home.path, file), 0o444);
  const code = `if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    process.argv = [process.execPath, ${JSON.stringify([MAIN, ...MAIN_JOB]).slice(1, -1)}];
    await import(${JSON.stringify(MAIN)});`;
  const args = ["--no-warnings", "--input-type=module", "--eval", code];
  const { done } = start(process.execPath, args, { env: environment(world), cwd: "/" });
  return done.finally(() => chmodSync(dirname(join(world.home.path, tokenPath("corp"))), 0o755));
}

const runs = [
  ["a full disk", (world: SignInWorld) => runOnFullDisk(world, 0), "EFBIG"],
  ["a disk with room for less than the token", (world: SignInWorld) => runOnFullDisk(world, 1), "EFBIG"],
  ["a read-only home", runReadOnly, "EACCES"],
] as const;

describe.each(runs)("with %s", (_, run, code) => {
  it("no refresh token is spent: exit 3 names the file", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    const before = await world.home.read(tokenPath("corp"));
    const result = await run(world);
    const path = join(world.home.path, tokenPath("corp"));
    expect(result).toMatchObject({ code: 3, stdout: "" });
    // Where root runs the tests, the message also names the owner.
    const line = result.stderr.replace(`: ${dirname(path)} belongs to root\n`, "\n");
    expect(line).toBe(`sso-cred: cannot write ${path} (${code}), so the token is not refreshed\n`);
    expect(pathsAsked(world)).toEqual([]);
    expect(await world.home.read(tokenPath("corp"))).toBe(before);
  });

  it("a token with 60 s left is used", async () => {
    const world = await signedInWorld({ secondsLeft: 300 });
    const result = await run(world);
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(keyOf(result)).toMatch(/^ASIA/);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
  });
});

it("a home that does not exist and cannot be created is no fault: exit 4 says that nobody is signed in", async () => {
  const world = await signInWorld();
  const env = { ...environment(world), HOME: "/proc/no-such-home", AWS_CONFIG_FILE: world.home.configFile };
  const { code, stdout, stderr } = await start(process.execPath, ["--no-warnings", MAIN, ...MAIN_JOB], {
    env,
  }).done;
  expect([code, stdout]).toEqual([4, ""]);
  expect(stderr).toContain("nobody is signed in to 'corp'");
});

it.each([
  [".aws/sso-cred", ".aws/sso-cred/logins/"],
  [".aws/sso-cred/logins", ".aws/sso-cred/logins/"],
  [".aws/sso", ".aws/sso/"],
])("%s that is a file is named as what is in the way of a sign-in", async (place, below) => {
  const world = await signInWorld();
  await world.home.write(place, "");
  const { code, stderr } = await world.call();
  expect(code).toBe(3);
  expect(stderr).toContain(`sso-cred: cannot write ${join(world.home.path, below).replace(/\/$/, "")}`);
  expect(stderr.split("\n")[0]).toMatch(/ \(EEXIST\), so nobody can sign in: /);
  expect(stderr.split("\n")[0]?.endsWith(`${join(world.home.path, place)} is not a folder`)).toBe(true);
});
