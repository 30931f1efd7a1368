import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Home } from "./home.ts";

/** True if this user may mount in a namespace of its own. */
export const canMountPrivately = spawnSync("unshare", ["-rm", "true"]).status === 0;

/** True if this user may mount a disk. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-mount-"));
  const isMounted = mount(folder, 64);
  if (isMounted) unmount(folder);
  rmdirSync(folder);
  return isMounted;
}

/** Mounts a small disk at `~/.aws` that holds only the config. */
export async function moveToSmallDisk(
  home: Home,
  config: string,
  kilobytes = 256,
): Promise<{ fill(): void }> {
  const folder = join(home.path, ".aws");
  if (!mount(folder, kilobytes)) throw new Error(`cannot mount ${folder}`);
  onTestFinished(() => unmount(folder));
  await home.write(".aws/config", config);
  return { fill: () => fill(join(folder, "filler")) };
}

/** Fills the disk to the last byte. */
function fill(file: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
  if (statSync(file).size === 0) throw new Error("the disk was full before");
}

function mount(folder: string, kilobytes: number): boolean {
  const options = `size=${kilobytes}k,mode=700`;
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status === 0;
}

export function unmount(folder: string): void {
  spawnSync("umount", ["-l", folder]);
}
