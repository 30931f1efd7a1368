import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type DoctorCase, GOOD, LINE } from "./doctorCases.ts";
import { sessionSection, sha1, tokenPath } from "./home.ts";
import { putToken } from "./signedIn.ts";
import { MAIN_JOB, type SignInWorld } from "./signInWorld.ts";
import { canMount, moveToSmallDisk } from "./smallDisk.ts";

const CACHE = ".aws/sso/cache";
const isRoot = process.getuid?.() === 0;
const noMount = !canMount() && "this user may not mount a disk";

/** A process that holds a lock. */
const holders = new WeakMap<SignInWorld, ChildProcess>();

async function holdLock(world: SignInWorld): Promise<void> {
  const folder = join(world.home.path, ".aws/sso-cred/locks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const contender = new URL("lockContender.ts", import.meta.url).pathname;
  const holder = spawn(process.execPath, ["--no-warnings", contender, "ours", folder, "1", "-1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  holders.set(world, holder);
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
}

async function killHolder(world: SignInWorld): Promise<void> {
  const holder = holders.get(world);
  holder?.kill("SIGKILL");
  if (holder) await once(holder, "exit");
}

async function signedIn(world: SignInWorld): Promise<void> {
  await putToken(world);
}

function mode(value: number) {
  return async ({ home }: SignInWorld): Promise<void> => {
    await home.write(`${CACHE}/0123.json`, "{}", value);
  };
}

const FILES: readonly DoctorCase[] = [
  { id: "path-mode", says: "0123.json has the mode 0644", arrange: mode(0o644), mend: mode(0o600) },
  {
    id: "path-owner",
    says: "belongs to the user with the id 12345",
    skip: !isRoot && "only root can give a file away",
    arrange: async ({ home }) => {
      await home.write(`${CACHE}/0123.json`, "{}");
      await chown(join(home.path, CACHE), 12345, 12345);
    },
    mend: async ({ home }) => {
      await chown(join(home.path, CACHE), 0, 0);
    },
  },
  {
    id: "path-not-writable",
    says: isRoot ? "cannot be written to (EROFS)" : "cannot be written to (EACCES)",
    skip: isRoot && noMount,
    arrange: async ({ home }) => {
      if (isRoot) await moveToSmallDisk(home, GOOD);
      await setWritable(home.path, false);
    },
    mend: async ({ home }) => {
      await setWritable(home.path, true);
    },
  },
  {
    id: "path-not-writable",
    says: "/nowhere cannot be written to (ENOENT)",
    env: () => ({ HOME: "/nowhere" }),
  },
  {
    id: "path-leftover",
    says: "is left over from an interrupted write",
    arrange: async ({ home }) => {
      const path = await home.write(`${CACHE}/.sso-cred-0123.tmp`, "{");
      await utimes(path, 1_000_000_000, 1_000_000_000);
    },
    mend: async (world) => {
      await world.call(MAIN_JOB);
    },
  },
  {
    id: "role-cache-former",
    says: "role credentials of 'old' are cached",
    arrange: async (world) => {
      const good = await world.home.read(".aws/config");
      await world.home.write(".aws/config", `${good}\n${sessionSection("old")}`);
      await putToken(world, { session: "old" });
      await world.call(["old", ...MAIN_JOB.slice(1)]);
      await world.home.write(".aws/config", good);
    },
    mend: async (world) => {
      await world.call(["logout", "old"]);
    },
  },
  { id: "lock-held", says: "1 lock is held by another process", arrange: holdLock, mend: killHolder },
  {
    id: "lock-stale",
    says: "1 lock is left from a process that has ended",
    arrange: async (world) => {
      await holdLock(world);
      await killHolder(world);
      const folder = join(world.home.path, ".aws/sso-cred/locks");
      await rename(join(folder, "lock"), join(folder, `role-${sha1("any")}`));
    },
    mend: async (world) => {
      await world.call(MAIN_JOB);
    },
  },
  {
    id: "disk-full",
    says: "has less than 1 MB left",
    skip: noMount,
    arrange: async ({ home }) => {
      const disk = await moveToSmallDisk(home, GOOD, 4096);
      disk.fill();
    },
    mend: async ({ home }) => {
      spawnSync("rm", [join(home.path, ".aws/filler")]);
    },
  },
];

async function setWritable(home: string, isWritable: boolean): Promise<void> {
  const folder = join(home, ".aws");
  if (isRoot) spawnSync("mount", ["-o", `remount,${isWritable ? "rw" : "ro"}`, folder]);
  else await chmod(folder, isWritable ? 0o700 : 0o500);
}

const SIGN_IN: readonly DoctorCase[] = [
  {
    id: "signed-in",
    says: "signed in to 'corp'; refreshed automatically",
    arrange: signedIn,
    mend: async (world) => {
      await world.call(["logout", "corp"]);
    },
  },
  { id: "signed-out", says: "nobody is signed in to 'corp'", mend: signedIn },
  {
    id: "token-mismatch",
    says: "is for another start URL or region",
    arrange: async (world) => {
      await putToken(world, { fields: { startUrl: "https://other.awsapps.com/start" } });
    },
    mend: signedIn,
  },
  {
    id: "token-mismatch",
    says: "is for another start URL or region",
    arrange: async (world) => {
      await putToken(world);
      await world.home.write(".aws/config", GOOD.replace("eu-west-1", "eu-west-2"));
    },
    mend: async ({ home }) => {
      await home.write(".aws/config", GOOD);
    },
  },
  {
    id: "token-unreadable",
    says: "is a folder, not a file",
    arrange: async ({ home }) => {
      await home.write(`${tokenPath("corp")}/in-the-way`, "");
    },
    mend: async ({ home }) => {
      await rm(join(home.path, tokenPath("corp")), { recursive: true });
    },
  },
  {
    id: "token-unreadable",
    says: "holds no token",
    arrange: async ({ home }) => {
      await home.write(tokenPath("corp"), '{"accessTok');
    },
    mend: signedIn,
  },
  {
    id: "settings-unusable",
    says: "sso_cred_wait is 5m; it takes seconds, 0 to 3600",
    arrange: async ({ home }) => {
      await home.write(
        ".aws/config",
        `${GOOD}\n[sso-session bad]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_cred_wait = 5m\n`,
      );
    },
    mend: async ({ home }) => {
      await home.write(".aws/config", GOOD);
    },
  },
  {
    id: "token-refused",
    says: "the portal refuses the token of 'corp'",
    isOnline: true,
    arrange: async (world) => {
      await putToken(world);
      world.center.revokeSessions();
    },
    mend: signedIn,
  },
  {
    id: "sign-in-open",
    says: "a sign-in to 'corp' is open",
    arrange: async (world) => {
      world.killWorkers(true);
      await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "1" } });
    },
    mend: async (world) => {
      await world.call(["logout", "corp"]);
    },
  },
  {
    id: "sign-in-back-off",
    says: "no browser opens automatically for 'corp' yet",
    world: { browser: "ignore" },
    arrange: async (world) => {
      await world.call(MAIN_JOB);
      await world.settled();
    },
    mend: async (world) => {
      world.clock.advance(15 * 60_000);
    },
  },
];

const assignedOnly = async ({ home }: SignInWorld): Promise<void> => {
  await home.write(".aws/config", GOOD);
};

const SERVICES: readonly DoctorCase[] = [
  {
    id: "role-not-assigned",
    says: "the role Owner in account 123456789011 is not assigned to you",
    isOnline: true,
    arrange: async (world) => {
      await world.home.write(".aws/config", GOOD.replace("ReadOnly", "Owner"));
      await signedIn(world);
    },
    mend: assignedOnly,
  },
  {
    id: "signed-in-as-another",
    says: "none of the roles in your profiles is assigned to the person who is signed in to 'corp'",
    isOnline: true,
    arrange: async (world) => {
      const profile = (role: string) => `[profile ${role}]\n${LINE.replace("ReadOnly", role)}`;
      await world.home.write(".aws/config", profile("Owner") + profile("Nobody") + sessionSection("corp"));
      await signedIn(world);
    },
    mend: assignedOnly,
  },
  {
    id: "endpoint-not-aws",
    says: "the portal endpoint of 'corp' is not AWS's",
    mendedEnv: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
  },
  {
    id: "endpoint-unreachable",
    says: "127.0.0.1:9 refused the connection",
    isOnline: true,
    env: () => ({ AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9" }),
  },
  {
    id: "endpoint-reached",
    says: "the portal service of 'corp' answers in",
    isOnline: true,
    mendedEnv: { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9" },
  },
  {
    id: "start-url-unusable",
    says: "start.sso-cred.test",
    isOnline: true,
    arrange: async ({ home }) => {
      const own = GOOD.replace(/sso_start_url = .*/, "sso_start_url = https://start.sso-cred.test/aws");
      await home.write(".aws/config", own);
    },
    mend: assignedOnly,
  },
  {
    id: "clock",
    says: "this computer's clock is 180 minutes ahead of",
    isOnline: true,
    arrange: ({ clock }) => {
      clock.advance(3 * 3_600_000);
    },
    mend: ({ clock }) => {
      clock.advance(-3 * 3_600_000);
    },
  },
];

export const STATE_CASES: readonly DoctorCase[] = [...FILES, ...SIGN_IN, ...SERVICES];
