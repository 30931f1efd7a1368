import { programCommand, startFault } from "./programCommand.ts";

export const EXIT_FLAG = "--exit-with";

/**
 * Ends the process immediately with `code`. `process.exit` would wait for a pending getaddrinfo
 * call, which cannot be cancelled, so in that case the process is replaced by one that has nothing
 * to wait for.
 */
export function exitProcess(code: number): never {
  const isLookingUp = process.getActiveResourcesInfo().some((name) => name.startsWith("GetAddrInfo"));
  if (isLookingUp && process.platform !== "win32" && typeof process.execve === "function") {
    const [file, ...first] = programCommand() as [string, ...string[]];
    const canStart = startFault(file) === undefined;
    if (canStart) process.execve(file, [process.argv0, ...first, EXIT_FLAG, String(code)], {});
  }
  process.exit(code);
}
