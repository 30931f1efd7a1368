import { accessSync, constants, openSync, readSync, statSync } from "node:fs";
import { attempt, closing } from "./attempt.ts";

/** On Linux, the running program, even if its file has been replaced or removed (proc(5)). */
const RUNNING = "/proc/self/exe";

/** The command line that runs this program: the executable, or Node with the source file. */
export function programCommand(): [file: string, ...args: string[]] {
  const { isSea } = process.getBuiltinModule("node:sea");
  return isSea() ? [executable()] : [process.execPath, ...process.execArgv, process.argv[1] as string];
}

/**
 * Explains why the system would refuse to start this file, as the end of a sentence that begins
 * with its path; undefined if it would start. Checked in advance because a refused `process.execve`
 * ends Node with a core dump.
 */
export function startFault(path: string): string | undefined {
  try {
    accessSync(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    if (!statSync(path).isFile()) return "is not a file";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "is gone" : `cannot be executed (${code})`;
  }
  return process.platform === "linux" && isForeign(path) ? "is not a program for this machine" : undefined;
}

/** The path of the running executable. It stays correct while an upgrade replaces the file. */
function executable(): string {
  const { execPath, platform } = process;
  if (platform !== "linux" || isSameFile(execPath, RUNNING)) return execPath;
  // Under qemu-user, /proc/self/exe is the emulator.
  return startFault(RUNNING) === undefined ? RUNNING : execPath;
}

function isSameFile(one: string, other: string): boolean {
  return attempt(() => {
    const [a, b] = [statSync(one), statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  }, false);
}

/** `e_machine` (elf(5)) of the processors that this program is built for. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** True if the file can be read and is not an ELF program for this processor. */
function isForeign(path: string): boolean {
  const header = Buffer.alloc(20);
  const isRead = attempt(() => closing(openSync(path, "r"), (fd) => readSync(fd, header)) >= 0, false);
  if (!isRead) return false;
  const machine = header.readUInt16LE(18);
  return header.readUInt32BE(0) !== 0x7f454c46 || (MACHINES[process.arch] ?? machine) !== machine;
}

export const EXIT_FLAG = "--exit-with";

/**
 * Ends the process immediately with `code`. `process.exit` would wait for a pending getaddrinfo
 * call, which cannot be cancelled, so in that case the process is replaced by one that has nothing
 * to wait for.
 */
export function exitProcess(code: number): never {
  const isLookingUp = process.getActiveResourcesInfo().some((name) => name.startsWith("GetAddrInfo"));
  if (isLookingUp && process.platform !== "win32" && typeof process.execve === "function") {
    const [file, ...first] = programCommand();
    const canStart = startFault(file) === undefined;
    if (canStart) process.execve(file, [process.argv0, ...first, EXIT_FLAG, String(code)], {});
  }
  process.exit(code);
}
