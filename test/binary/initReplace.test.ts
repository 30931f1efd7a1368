import { spawnSync } from "node:child_process";
import { chmod, chown, readdir, rename, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Home, sessionSection } from "../support/home.ts";
import { BINARY, start, startBinary } from "../support/run.ts";
import { canMountPrivately } from "../support/smallDisk.ts";
import { temporaryHome } from "../support/temporary.ts";

const INIT = ["init", "corp", "--account-id", "123456789011", "--role-name", "Admin", "--yes"];
// A file that is mounted on itself can be written to, but not replaced.
const ON_A_MOUNT = 'mount --bind "$1" "$1" && shift && exec "$@"';

it("a config with two names loses nothing when twelve write it at once", async () => {
  const home = await temporaryHome({ config: sessionSection("corp") });
  const dotfile = join(home.path, "aws-config");
  await rename(home.configFile, dotfile);
  await symlink("../aws-config", home.configFile);
  const names = Array.from({ length: 12 }, (_, at) => `p${at}`);
  const runs = names.map((name, at) => {
    const env = at % 2 === 0 ? { AWS_CONFIG_FILE: dotfile } : {};
    return startBinary([...INIT, "--profile-name", name], { home, env }).done;
  });
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual(names.map(() => 0));
  const headers = (await home.read("aws-config")).match(/^\[profile .*/gm);
  expect(headers?.sort()).toEqual(names.map((name) => `[profile ${name}]`).sort());
});

const ME = 12_345;
const OTHER = 23_456;
/** Why a test cannot change owners and users here. */
function whyNotTwo(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can give a file away";
  const { status } = spawnSync(BINARY, ["--version"], { uid: ME, gid: ME, cwd: "/" });
  return status === 0 ? undefined : "others cannot start the executable where it is";
}

const NOT_TWO = whyNotTwo();

/** A home whose files belong to `ME`, with a config of another owner and mode. */
async function ownedHome(uid: number, gid: number, mode: number) {
  const home = await temporaryHome({ config: sessionSection("corp") });
  for (const path of [home.path, join(home.path, ".aws")]) await chown(path, ME, ME);
  await chown(home.configFile, uid, gid);
  await chmod(home.configFile, mode);
  return home;
}

/** Runs `init` as that user, without further groups. */
function initAs(uid: number, home: Home, args = INIT) {
  return spawnSync(BINARY, args, {
    uid,
    gid: uid,
    cwd: home.path,
    env: { HOME: home.path, PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
}

it("keeps owner, group and mode of another user's config and its backup when root writes it", async ({
  skip,
}) => {
  skip(NOT_TWO !== undefined, NOT_TWO);
  const home = await ownedHome(ME, ME, 0o640);
  expect(initAs(0, home).status).toBe(0);
  for (const name of ["config", "config.sso-cred.bak"]) {
    const { uid, gid, mode } = await stat(join(home.path, ".aws", name));
    expect([name, uid, gid, (mode & 0o7777).toString(8)]).toEqual([name, ME, ME, "640"]);
  }
});

it.for<[string, number, number, string]>([
  ["user", OTHER, ME, "user 23456"],
  ["group", ME, OTHER, "group 23456"],
])("rejects a config of another %s in one's own folder", async ([, uid, gid, whose], { skip }) => {
  skip(NOT_TWO !== undefined, NOT_TWO);
  const home = await ownedHome(uid, gid, 0o644);
  const before = await stat(home.configFile);
  const { status, stderr } = initAs(ME, home);
  const remedy = uid === ME ? "" : `  run: sudo chown ${ME} ${home.configFile}\n`;
  expect([status, stderr]).toEqual([
    3,
    `sso-cred: ${home.configFile} belongs to ${whose}, which its replacement could not (EPERM); it is left as it is\n${remedy}`,
  ]);
  const after = await stat(home.configFile);
  expect([after.ino, after.uid, after.gid]).toEqual([before.ino, uid, gid]);
  expect(await home.read(".aws/config")).toBe(sessionSection("corp"));
  expect(await readdir(join(home.path, ".aws"))).toEqual(
    expect.not.arrayContaining([expect.stringMatching(/bak|tmp/)]),
  );
});

it("shows another user what would change, and that there is nothing to change", async ({ skip }) => {
  skip(NOT_TWO !== undefined, NOT_TWO);
  const home = await ownedHome(ME, ME, 0o644);
  expect(initAs(ME, home).status).toBe(0);
  await chown(home.configFile, OTHER, OTHER);
  expect(initAs(ME, home)).toMatchObject({ status: 0, stdout: expect.stringContaining("Nothing to change") });
  const dry = initAs(ME, home, [...INIT, "--dry-run", "--profile-name", "dev"]);
  expect([dry.status, dry.stderr]).toEqual([0, ""]);
});

it.skipIf(!canMountPrivately).each([
  ["a backup", "of an earlier change\n"],
  ["no backup", undefined],
])(
  "a config that is a mount point is rejected, and %s stays as it was (needs a mount namespace)",
  async (_what, backup) => {
    const home = await temporaryHome({ config: sessionSection("corp") });
    const path = ".aws/config.sso-cred.bak";
    if (backup !== undefined) await home.write(path, backup);
    const args = ["-rm", "sh", "-c", ON_A_MOUNT, "sh", home.configFile, BINARY, ...INIT];
    const { code, stderr } = await start("unshare", args, { home }).done;
    expect([code, stderr]).toEqual([
      3,
      `sso-cred: ${home.configFile} cannot be replaced (EBUSY); it is left as it is\n`,
    ]);
    expect(await home.read(".aws/config")).toBe(sessionSection("corp"));
    expect((await home.exists(path)) ? await home.read(path) : undefined).toBe(backup);
  },
);
