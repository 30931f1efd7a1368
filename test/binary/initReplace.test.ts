import { spawnSync } from "node:child_process";
import { rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeHome, sessionSection } from "../support/home.ts";
import { BINARY, start, startBinary } from "../support/run.ts";

const canMount = spawnSync("unshare", ["-rm", "true"]).status === 0;
const INIT = ["init", "corp", "--account-id", "123456789011", "--role-name", "Admin", "--yes"];
// A file mounted on itself can be written to, but not be replaced.
const ON_A_MOUNT = 'mount --bind "$1" "$1" && shift && exec "$@"';

it("a config that goes by two names loses nothing when twelve write it at once", async () => {
  const home = await makeHome({ config: sessionSection("corp") });
  onTestFinished(() => home.remove());
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

it.skipIf(!canMount).each([
  ["a backup", "of an earlier change\n"],
  ["no backup", undefined],
])(
  "a config that is a mount point is refused, and where there was %s there is that",
  async (_what, backup) => {
    const home = await makeHome({ config: sessionSection("corp") });
    onTestFinished(() => home.remove());
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
