import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { registrationPath, rolePath, START_URL, sha1, tokenPath } from "../support/home.ts";
import { startBinary } from "../support/run.ts";

/** In KiB. */
const MIB = 1024;
/** A run with an ordinary response takes about 80 MiB, mostly pages of the executable. */
const MOST_KIB = 200 * MIB;

/** Runs the main job. Returns its end and its peak memory (KiB). */
async function runMeasured({ options }: BinaryWorld) {
  const running = startBinary(MAIN_JOB, options);
  let most = 0;
  let ended = false;
  const done = running.done.finally(() => {
    ended = true;
  });
  while (!ended) {
    try {
      const status = readFileSync(`/proc/${running.pid}/status`, "utf8");
      most = Math.max(most, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
    } catch {
      // The process has ended.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { code, stdout, stderr } = await done;
  return { code, stdout, stderr, most };
}

function makeHuge(world: BinaryWorld, path: string): void {
  const file = join(world.home.path, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{"startUrl": "x", ');
  truncateSync(file, 100 * MIB * 1024);
}

const linuxTest = test.runIf(process.platform === "linux");

linuxTest("caches of 100 MB each are misses, and are not read into memory (on Linux)", async () => {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "never" } });
  const scopes = ["sso:account:access"];
  const registration = { region: "eu-west-1", scopes, sessionName: "corp", startUrl: START_URL };
  for (const path of [
    tokenPath("corp"),
    registrationPath(registration),
    rolePath("corp", "123456789011", "ReadOnly"),
    ...["attempts", "logins", "backoff"].map((kind) => `.aws/sso-cred/${kind}/${sha1("corp")}.json`),
    `.aws/sso-cred/locks/token-${sha1("corp")}`,
  ]) {
    makeHuge(world, path);
  }
  const { code, stdout, most } = await runMeasured(world);
  expect([code, stdout]).toEqual([4, ""]);
  expect(most).toBeGreaterThan(10 * MIB);
  expect(most).toBeLessThan(MOST_KIB);
});

linuxTest("a config of 100 MB is rejected for its size: exit 3 (on Linux)", async () => {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "never" } });
  makeHuge(world, ".aws/config");
  const { code, stdout, stderr, most } = await runMeasured(world);
  expect([code, stdout, stderr]).toEqual([
    3,
    "",
    `sso-cred: ${world.home.configFile} is larger than 16 MiB\n`,
  ]);
  expect(most).toBeLessThan(MOST_KIB);
});

linuxTest.each(["/token", "/federation/credentials"])(
  "a response of %s without end is given up: exit 7, with little memory (on Linux)",
  async (path) => {
    const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "never" } });
    await signedIn(world, path === "/token" ? { expiresAt: "2020-01-01T00:00:00Z" } : {});
    world.center.misbehave({ path, how: { kind: "endless" } });
    const { code, stdout, stderr, most } = await runMeasured(world);
    expect([code, stdout]).toEqual([7, ""]);
    expect(stderr).toContain("sends an endless response");
    expect(most).toBeGreaterThan(10 * MIB);
    expect(most).toBeLessThan(MOST_KIB);
  },
);
