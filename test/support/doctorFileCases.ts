import { spawnSync } from "node:child_process";
import { chmod, chown, mkdir, rename, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { startHolder } from "./contender.ts";
import { type DoctorCase, GOOD, goodConfig, inConfig, LINE } from "./doctorCases.ts";
import { SSO_KEYS, sessionSection, sha1 } from "./home.ts";
import { putToken } from "./signedIn.ts";
import { MAIN_JOB, type SignInWorld } from "./signInWorld.ts";
import { canMount, moveToSmallDisk } from "./smallDisk.ts";

const CACHE = ".aws/sso/cache";
const isRoot = process.getuid?.() === 0;
const noMount = !canMount() && "this user may not mount a disk";

/** A finding about ~/.aws/credentials, beside a correct config. */
function inCredentials(id: string, credentials: string, says: string): DoctorCase {
  const write = (text: string) => async (world: SignInWorld) => {
    await goodConfig(world);
    await world.home.write(".aws/credentials", text);
  };
  return { id, says, arrange: write(credentials), mend: write("") };
}

/** The process that holds a lock in each world. */
const holders = new WeakMap<SignInWorld, Awaited<ReturnType<typeof startHolder>>>();

async function holdLock(world: SignInWorld): Promise<void> {
  const folder = join(world.home.path, ".aws/sso-cred/locks");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  holders.set(world, await startHolder("ours", folder));
}

const killHolder = async (world: SignInWorld) => void (await holders.get(world)?.kill());

const mode = (value: number) => (world: SignInWorld) => world.home.write(`${CACHE}/0123.json`, "{}", value);

export const FILE_CASES: readonly DoctorCase[] = [
  inConfig(
    "profile-process-and-keys",
    `[profile dev]\ncredential_process = /opt/sso-cred --profile ops\naws_access_key_id = A\n`,
    "credential_process and aws_access_key_id",
  ),
  inConfig(
    "session-scopes",
    `${sessionSection("corp")}sso_registration_scopes = sso:account:access codewhisperer:completions\n`,
    "has a scope with a space in it",
  ),
  inConfig(
    "source-profile-missing",
    `${GOOD}[profile admin]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = dve\n`,
    "takes its credentials from the profile 'dve'",
  ),
  inConfig(
    "profile-sso-and-keys",
    `[profile ops]\n${SSO_KEYS}aws_access_key_id = A\n`,
    "profile 'ops' has sso_account_id and aws_access_key_id",
  ),
  {
    id: "profile-keys-in-credentials",
    says: "profile 'ops' has static keys",
    arrange: async ({ home }) => {
      await home.write(".aws/config", `${GOOD}[profile ops]\n${SSO_KEYS}`);
      await home.write(".aws/credentials", "[ops]\naws_access_key_id = AKIAEXAMPLE\n");
    },
    mend: ({ home }) => home.write(".aws/credentials", ""),
  },
  inCredentials("section-not-a-profile", `[profile dev]\n${LINE}`, "is not read as the profile dev"),
  inCredentials("section-duplicate", "[dev]\nregion = x\n[dev]\nregion = x\n", "lines 1 and 3"),
  inCredentials("session-missing", `[ops]\n${LINE.replace("corp", "crop")}`, "did you mean corp?"),
  inCredentials("command-missing", `[ops]\n${LINE}`, "/opt/sso-cred, the command of profile 'ops'"),
  inCredentials("command-arguments", "[ops]\ncredential_process = /opt/sso-cred corp\n", "no --role-name"),
  { id: "path-mode", says: "0123.json has the mode 0644", arrange: mode(0o644), mend: mode(0o600) },
  {
    id: "path-mode",
    says: ".aws/sso/cache has the mode 0777",
    arrange: async ({ home }) => {
      await mkdir(join(home.path, CACHE), { recursive: true });
      await chmod(join(home.path, CACHE), 0o777);
    },
    mend: ({ home }) => chmod(join(home.path, CACHE), 0o755),
  },
  {
    id: "path-owner",
    says: "belongs to the user with the id 12345",
    skip: !isRoot && "only root can give a file away",
    arrange: async ({ home }) => {
      await home.write(`${CACHE}/0123.json`, "{}");
      await chown(join(home.path, CACHE), 12345, 12345);
    },
    mend: ({ home }) => chown(join(home.path, CACHE), 0, 0),
  },
  {
    id: "path-not-writable",
    says: isRoot ? "cannot be written to (EROFS)" : "cannot be written to (EACCES)",
    skip: isRoot && noMount,
    arrange: async ({ home }) => {
      if (isRoot) await moveToSmallDisk(home, GOOD);
      await setWritable(home.path, false);
    },
    mend: ({ home }) => setWritable(home.path, true),
  },
  {
    id: "path-not-writable",
    says: "/nowhere cannot be written to (ENOENT)",
    env: () => ({ HOME: "/nowhere" }),
  },
  {
    id: "path-not-writable",
    says: ".aws/cli is not a folder",
    arrange: ({ home }) => home.write(".aws/cli", ""),
    mend: ({ home }) => rename(join(home.path, ".aws/cli"), join(home.path, ".aws/cli.old")),
  },
  {
    id: "path-not-writable",
    says: ".aws/cli is not a folder",
    arrange: ({ home }) => symlink("/nowhere", join(home.path, ".aws/cli")),
    mend: ({ home }) => rename(join(home.path, ".aws/cli"), join(home.path, ".aws/cli.old")),
  },
  {
    id: "path-leftover",
    says: "is left over from an interrupted write",
    arrange: async ({ home }) => {
      const path = await home.write(`${CACHE}/.sso-cred-0123.tmp`, "{");
      await utimes(path, 1_000_000_000, 1_000_000_000);
    },
    mend: (world) => world.call(MAIN_JOB),
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
    mend: (world) => world.call(["logout", "old"]),
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
    mend: (world) => world.call(MAIN_JOB),
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
