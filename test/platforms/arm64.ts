import { spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, existsSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Running, start } from "../support/run.ts";
import type { Machine, Missing } from "./machine.ts";

const PACKAGES = "qemu-user libc6-arm64-cross libstdc++6-arm64-cross";
/** Debian's folder for arm64 libraries. */
const LIBRARIES = "/usr/aarch64-linux-gnu";
const DEADLINE_MS = 120_000;

/**
 * Tells the kernel to run arm64 programs with qemu (binfmt_misc). This applies only to the command
 * and what it starts, because the mount belongs to a user namespace (Linux from 6.7 on). Magic and
 * mask are qemu's own (scripts/qemu-binfmt-conf.sh).
 */
const BY_QEMU = `mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 1
printf '%s' ':sso-cred:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff:'"$0"':FP' >/proc/sys/fs/binfmt_misc/register || exit 1
exec "$@"`;

/** `build` is called only if qemu is installed. */
export async function openArm64(build: () => Promise<string>): Promise<Machine | Missing> {
  if (process.platform !== "linux") return { missing: "qemu-user is for Linux" };
  if (process.arch === "arm64") return { missing: "this machine is one: npm test runs it" };
  const qemu = inPath("qemu-aarch64");
  if (qemu === undefined || !existsSync(`${LIBRARIES}/lib/ld-linux-aarch64.so.1`))
    return { missing: `no qemu-aarch64 with libraries here (Debian: apt-get install ${PACKAGES})` };
  const version = /version (\S+)/.exec(String(spawnSync(qemu, ["--version"]).stdout))?.[1] ?? "";
  const folder = await mkdtemp(join(tmpdir(), "sso-cred-arm64-"));
  const executable = join(folder, "bin/sso-cred");
  mkdirSync(join(folder, "bin"));
  copyFileSync(await build(), executable);
  const environment = { PATH: "/usr/bin:/bin", QEMU_LD_PREFIX: LIBRARIES };
  const through = [[], ["unshare", "-Urm", "/bin/sh", "-c", BY_QEMU, qemu]].find(
    ([file = executable, ...args]) => {
      const words = file === executable ? [] : [executable];
      return spawnSync(file, [...args, ...words, "--version"], { env: environment }).status === 0;
    },
  );
  if (through === undefined) {
    await rm(folder, { recursive: true });
    const why =
      "the kernel does not run programs by qemu here, nor lets a user namespace have its own binfmt_misc";
    return { missing: `${why} (Linux from 6.7 on; Debian: apt-get install qemu-user-binfmt)` };
  }
  const running = new Set<Running>();
  const run: Machine["start"] = (home, file, args, { env, cwd, readerIsGone = false } = {}) => {
    const [first = "", ...rest] = [...through, file, ...args];
    const child = start(first, rest, {
      home,
      env: { ...environment, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      deadlineMs: DEADLINE_MS,
    });
    if (readerIsGone) child.child.stdout?.destroy();
    running.add(child);
    void child.done.catch(() => {}).finally(() => running.delete(child));
    return { done: child.done, kill: () => child.kill() };
  };
  return {
    name: "arm64",
    title: `Linux on arm64 as qemu-user ${version} plays it`,
    executable,
    named: (path) => path,
    browser: (_, log, visits) =>
      `${process.execPath} --no-warnings ${fileURLToPath(new URL("visitPage.ts", import.meta.url))} ${log} ${visits ? "visit" : "ignore"} %s`,
    start: run,
    startShell: (home, line, options) => run(home, "/bin/sh", ["-c", line], options),
    killProcess: async (pid) => void process.kill(pid, "SIGKILL"),
    async close() {
      for (const child of running) child.killGroup();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function inPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  return folders
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
