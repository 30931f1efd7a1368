import { spawnSync } from "node:child_process";
import { stopCoverage } from "node:v8";
import { cleanEnvironment, disturbingVariables } from "./environment.ts";
import { programCommand } from "./realSystem.ts";

/**
 * Starts this process over without the variables that Node and OpenSSL would obey, if there are any: in place where
 * the system can (same PID, same descriptors), else as a child whose exit code is passed on.
 */
export function restartCleanly(): void {
  if (disturbingVariables(process.env).length === 0) return;
  // Written at the end of the process, which an execve is too.
  if (process.env.NODE_V8_COVERAGE) stopCoverage();
  const env = cleanEnvironment(process.env);
  const [file, ...first] = programCommand() as [string, ...string[]];
  const args = [...first, ...process.argv.slice(2)];
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(file, [process.argv0, ...args], env as Record<string, string>);
  }
  const child = spawnSync(file, args, { env, stdio: "inherit", windowsHide: true });
  process.exit(child.status ?? 1);
}
