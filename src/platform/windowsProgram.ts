import { constants, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { attempt, closing } from "./attempt.ts";

/** The formats that Linux runs with an interpreter (kernel.org, binfmt-misc). */
const HANDLERS = "/proc/sys/fs/binfmt_misc";

/**
 * True for a Windows program, given by its path or found on PATH, that WSL cannot start because
 * interop is off or systemd has removed the handler (github.com/microsoft/WSL/issues/8843).
 * execvp(3) does not report that, but lets sh run the file as a script.
 */
export function lacksHandler(program: string, path = ""): boolean {
  if (process.platform !== "linux") return false;
  const candidates = program.includes("/")
    ? [program]
    : path.split(":").map((folder) => join(folder, program));
  const file = candidates.find((candidate) => attempt(() => statSync(candidate).isFile(), false));
  return file !== undefined && isWindowsProgram(file) && !handlesWindowsPrograms();
}

function isWindowsProgram(file: string): boolean {
  return attempt(() => {
    const start = Buffer.alloc(2);
    closing(openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), (fd) => readSync(fd, start));
    return start.toString("latin1") === "MZ";
  }, false);
}

function handlesWindowsPrograms(): boolean {
  const handlers = attempt(() => readdirSync(HANDLERS), []);
  return handlers.some((name) => {
    const text = attempt(() => readFileSync(join(HANDLERS, name), "latin1"), "");
    return /^enabled$/m.test(text) && /^magic 4d5a/m.test(text);
  });
}
