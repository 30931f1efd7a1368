import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { EXIT_CODE } from "../errors.ts";
import { writeFully } from "../hit/writeFully.ts";
import { printable } from "../text/printable.ts";
import { cleanEnvironment, cleanEnvironmentForExec, disturbingVariables } from "./environment.ts";
import { programCommand, startFault } from "./programCommand.ts";

/**
 * Restarts this process without the variables that Node and OpenSSL would obey, if any are set. The
 * restart is in place (same PID, same descriptors) or, where the system cannot do that, a child
 * whose exit code is passed on. If neither is possible, the process ends with a `config` error,
 * because such variables could break every promise of the program.
 */
export function reexecWithCleanEnv(): void {
  const [disturbing] = disturbingVariables(process.env);
  if (disturbing === undefined) return;
  const forCommand = process.argv[2] === "exec";
  const env = forCommand ? cleanEnvironmentForExec(process.env) : cleanEnvironment(process.env);
  const [file, ...first] = programCommand();
  const args = [...first, ...process.argv.slice(2)];
  const fault = startFault(file);
  if (fault !== undefined) endBecause(disturbing, `${file} ${fault}`);
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(file, [process.argv0, ...args], env as Record<string, string>);
  }
  // Node would pass this one on despite `env`.
  delete process.env.NODE_V8_COVERAGE;
  // The child receives Ctrl-C as well and cleans up.
  process.on("SIGINT", () => {});
  const child = spawnSync(file, args, { env, stdio: "inherit", windowsHide: true });
  if (child.error) endBecause(disturbing, child.error.message);
  process.exit(child.status ?? 128 + constants.signals[child.signal as NodeJS.Signals]);
}

function endBecause(variable: string, fault: string): never {
  try {
    const message = `${variable} is set, and the program cannot restart without it: ${fault}`;
    writeFully(2, `sso-cred: ${printable(message)}\n`, 1_000);
  } finally {
    process.exit(EXIT_CODE.config);
  }
}
