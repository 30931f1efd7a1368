import { constants, fchmodSync, fstatSync, openSync, type Stats, writeSync } from "node:fs";
import { namedFile } from "../hit/paths.ts";
import { masked } from "../text/redact.ts";
import { attempt, closing } from "./attempt.ts";
import type { System, Trace } from "./system.ts";

/**
 * `SSO_CRED_TRACE=FILE`: one line for each step, with the milliseconds since process start. The
 * file is 0600. Secrets are masked here, for all callers.
 */
export function openTrace(env: System["env"], startedAt: number): Trace {
  if (!env.SSO_CRED_TRACE) return { step() {} };
  const path = namedFile(env.SSO_CRED_TRACE, process.platform);
  return {
    step(what, details = {}) {
      const parts = Object.entries(details)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => ` ${name}=${masked(name, value)}`);
      const when = `${new Date().toISOString()} ${process.pid} +${Date.now() - startedAt}ms`;
      append(path, `${when} ${what}${parts.join("")}\n`);
    },
  };
}

function append(path: string, line: string): void {
  try {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
    closing(openSync(path, flags, 0o600), (fd) => {
      const found = fstatSync(fd);
      if (isOutput(found)) return;
      // Some file systems have no modes.
      if (found.isFile() && (found.mode & 0o077) !== 0) attempt(() => fchmodSync(fd, 0o600));
      writeSync(fd, line);
    });
  } catch {
    // A trace must never cause a failure.
  }
}

/** True for a stdout that is not a terminal: an SDK may expect only the document there. */
function isOutput({ dev, ino }: Stats): boolean {
  const output = attempt(() => fstatSync(1));
  return output !== undefined && !output.isCharacterDevice() && output.dev === dev && output.ino === ino;
}
