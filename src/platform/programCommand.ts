import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";

/** Linux's name for the program that runs, whatever has become of its file (proc(5)). */
const RUNNING = "/proc/self/exe";

/** The command line that runs this program: the executable, or Node with the source. */
export function programCommand(): string[] {
  const { isSea } = process.getBuiltinModule("node:sea");
  return isSea() ? [executable()] : [process.execPath, ...process.execArgv, process.argv[1] as string];
}

/**
 * Why the system would not start a program from that file, as the end of a sentence that begins with its path; undefined
 * where nothing speaks against it. `process.execve` cannot be asked: where the system refuses, Node ends with a core dump.
 */
export function startFault(path: string): string | undefined {
  try {
    accessSync(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    if (!statSync(path).isFile()) return "is no file";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "is gone" : `cannot be executed (${code})`;
  }
  return process.platform === "linux" && isForeign(path) ? "is no program for this machine" : undefined;
}

/** Its own path, also after an upgrade has begun to put another file there. */
function executable(): string {
  const { execPath, platform } = process;
  if (platform !== "linux" || isSameFile(execPath, RUNNING)) return execPath;
  // Under an emulator this is the emulator.
  return startFault(RUNNING) === undefined ? RUNNING : execPath;
}

function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

/** `e_machine` (elf(5)) of the processors that the program is built for. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** Whether a file that can be read is no ELF program for this kind of processor. */
function isForeign(path: string): boolean {
  const header = Buffer.alloc(20);
  try {
    const fd = openSync(path, "r");
    try {
      readSync(fd, header);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
  const machine = MACHINES[process.arch];
  return (
    header.readUInt32BE(0) !== 0x7f454c46 || (machine ?? header.readUInt16LE(18)) !== header.readUInt16LE(18)
  );
}
