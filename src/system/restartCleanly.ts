import { spawnSync } from "node:child_process";
import { cleanEnvironment, disturbingVariables } from "./environment.ts";
import { programCommand } from "./programCommand.ts";

/**
 * Starts this process over without the variables that Node and OpenSSL would obey, if there are any: in place where
 * the system can (same PID, same descriptors), else as a child whose exit code is passed on.
 */
export function restartCleanly(): void {
  if (disturbingVariables(process.env).length === 0) return;
  const env = cleanEnvironment(process.env);
  const [file, ...first] = programCommand() as [string, ...string[]];
  const args = [...first, ...process.argv.slice(2)];
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(file, [process.argv0, ...args], env as Record<string, string>);
  }
  // Which Node would hand on in spite of `env`.
  delete process.env.NODE_V8_COVERAGE;
  const child = spawnSync(file, args, { env, stdio: "inherit", windowsHide: true });
  process.exit(child.status ?? 1);
}
