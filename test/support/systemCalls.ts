import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Whether there is a strace that may watch programs here. */
export const canTrace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0;

export interface SystemCalls {
  /** The words of a shell's line before the program that is to be watched, with all that it starts. */
  readonly watched: string;
  /** Each start of a program: its file, arguments and environment, as strace writes them. */
  starts(): string[];
  /** Each write into a file: the path and the bytes. */
  writes(): { path: string; line: string }[];
  /** Each file that got another name, or one more. */
  names(): { from: string; to: string }[];
}

const NAMES = ["rename", "renameat", "renameat2", "link", "linkat"];
const WRITES = ["write", "pwrite64", "writev", "pwritev", "pwritev2"];

/** The logs lie in a folder, which is to be empty and nobody else's. */
export function logSystemCalls(folder: string): SystemCalls {
  const calls = `trace=execve,${[...WRITES, ...NAMES].join(",")}`;
  const lines = () =>
    readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "latin1").split("\n"));
  const toFile = new RegExp(`^(?:${WRITES.join("|")})\\(\\d+<(/[^>]*)>`);
  const named = new RegExp(`^(?:${NAMES.join("|")})\\([^"]*"([^"]*)", [^"]*"([^"]*)".* = 0$`);
  return {
    watched: `strace -ff -qq -y -v -s 1000000 -e signal=none -e ${calls} -o '${folder}'/$$`,
    starts: () => lines().filter((line) => line.startsWith("execve(")),
    writes: () =>
      lines().flatMap((line) => {
        const [, path] = toFile.exec(line) ?? [];
        return path === undefined ? [] : [{ path, line }];
      }),
    names: () =>
      lines().flatMap((line) => {
        const [, from, to] = named.exec(line) ?? [];
        return from === undefined || to === undefined ? [] : [{ from, to }];
      }),
  };
}
