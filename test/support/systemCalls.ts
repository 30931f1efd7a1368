import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../src/platform/attempt.ts";

/** True if strace exists and may trace here. */
export const canTrace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0;

/** The files that a process's descriptors are open on. */
export function descriptorsOf(pid: number | string): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""));
}

export type SystemCalls = ReturnType<typeof logSystemCalls>;

const NAMES = ["rename", "renameat", "renameat2", "link", "linkat"];
const WRITES = ["write", "pwrite64", "writev", "pwritev", "pwritev2"];

/** Records a program's file system calls below `folder`, which must be empty and private. */
export function logSystemCalls(folder: string) {
  const calls = `trace=execve,${[...WRITES, ...NAMES].join(",")}`;
  const lines = () =>
    readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "latin1").split("\n"));
  const toFile = new RegExp(`^(?:${WRITES.join("|")})\\(\\d+<(/[^>]*)>`);
  const named = new RegExp(`^(?:${NAMES.join("|")})\\([^"]*"([^"]*)", [^"]*"([^"]*)".* = 0$`);
  return {
    /** A shell command to put before the program. It follows child processes. */
    watched: `strace -ff -qq -y -v -s 1000000 -e signal=none -e ${calls} -o '${folder}'/$$`,
    /** Each execve with file, arguments and environment, as strace prints them. */
    starts: () => lines().filter((line) => line.startsWith("execve(")),
    /** Each write to a file: path and bytes. */
    writes: () =>
      lines().flatMap((line) => {
        const [, path] = toFile.exec(line) ?? [];
        return path === undefined ? [] : [{ path, line }];
      }),
    /** Each rename and each hard link. */
    names: () =>
      lines().flatMap((line) => {
        const [, from, to] = named.exec(line) ?? [];
        return from === undefined || to === undefined ? [] : [{ from, to }];
      }),
  };
}
