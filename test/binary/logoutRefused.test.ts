import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signedInWorld } from "../support/binaryWorld.ts";
import { roleFile, rolePath, tokenPath } from "../support/home.ts";
import { BINARY, placeExecutable, start } from "../support/run.ts";
import { temporaryFolder } from "../support/temporary.ts";

/**
 * Root may remove any file, so it runs the program as nobody, in a folder that nobody can reach.
 */
const isRoot = process.getuid?.() === 0;
const NOBODY = "65534";

function reachableBinary(): string {
  if (!isRoot) return BINARY;
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  return placeExecutable(folder);
}

test("logout tells the portal even when a file cannot be removed, then names the file", async () => {
  const world = await signedInWorld();
  const { home, center } = world;
  const role = rolePath("corp", "123456789011", "ReadOnly");
  const credentials = {
    ...roleFile(Date.now() + 3_600_000, "123456789011"),
    SsoCred: { session: "corp", accountId: "123456789011", roleName: "ReadOnly" },
  };
  await home.write(role, credentials);
  const folder = join(home.path, ".aws/cli/cache");
  chmodSync(folder, 0o555);
  const binary = reachableBinary();
  if (isRoot) spawnSync("chown", ["-R", NOBODY, home.path]);
  const dropping = isRoot ? ["setpriv", "--reuid", NOBODY, "--clear-groups", "--regid", NOBODY] : [];
  const [file = binary, ...args] = [...dropping, binary, "logout", "corp"];
  const { code, stdout, stderr } = await start(file, args, { home, env: center.env }).done;
  expect(stderr).toBe(
    `sso-cred: cannot remove ${join(home.path, role)} (EACCES): ${folder} has the mode 0555\n` +
      `  run: chmod u+rwx ${folder}\n`,
  );
  expect([code, stdout]).toEqual([3, "Signed out of 'corp'; not everything could be removed.\n"]);
  expect(center.count("/logout")).toBe(1);
  expect(await home.exists(tokenPath("corp"))).toBe(false);
});
