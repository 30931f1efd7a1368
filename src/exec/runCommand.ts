import { closeSync } from "node:fs";
import { constants } from "node:os";
import { setImmediate } from "node:timers/promises";
import spawn from "cross-spawn";
import type { System } from "../platform/system.ts";
import { words } from "../text/words.ts";

/** Not SIGUSR1: the packed Node keeps it blocked, so it never arrives. */
const FORWARDED = words("SIGINT SIGQUIT SIGTERM SIGHUP SIGUSR2 SIGCONT SIGWINCH") as NodeJS.Signals[];
/** A terminal sends these to all its foreground processes. A second SIGINT often means "now". */
const OF_TERMINAL = new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT", "SIGWINCH"]);

/** The exit code, 128 + n after signal n; or the system's error code if it did not start. */
export type CommandEnd = { code: number } | { fault: string };

/**
 * Runs a command on our own standard streams, with `descriptors` of the caller, and in our process
 * group, so that a terminal's Ctrl-C and Ctrl-Z reach it directly. Signals that only this process
 * gets are forwarded. Resolves when the command ends, whatever processes it leaves behind. On
 * Windows a command that is no .exe, as npm's .cmd files, is run by cmd.
 */
export async function runCommand(
  [file = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  { platform, terminal, interrupted }: Pick<System, "platform" | "terminal" | "interrupted">,
  descriptors: readonly number[] = [],
): Promise<CommandEnd> {
  // A Ctrl-C from before the command ends this run. Node delivers it only now.
  await setImmediate();
  interrupted.throwIfAborted();
  // From here on Ctrl-C is the command's.
  process.removeAllListeners("SIGINT");
  const handlers = new Map<NodeJS.Signals, () => void>();
  try {
    return await new Promise<CommandEnd>((resolve) => {
      const stdio: (number | "ignore")[] = new Array(Math.max(2, ...descriptors) + 1).fill("ignore");
      for (const fd of [0, 1, 2, ...descriptors]) stdio[fd] = fd;
      // Set before the command starts: it may send us a signal before `spawn` returns.
      for (const signal of platform === "win32" ? (["SIGINT", "SIGBREAK"] as const) : FORWARDED) {
        const handler = () => {
          if (!isFromTerminal(signal)) child.kill(signal);
        };
        handlers.set(signal, handler);
        process.on(signal, handler);
      }
      const child = spawn(file, args, { stdio, env });
      // The command has them now, and their reader sees the end when the command closes them.
      for (const fd of descriptors) closeSync(fd);
      child.once("error", (error: NodeJS.ErrnoException) => resolve({ fault: error.code ?? error.message }));
      child.once("exit", (code, signal) => {
        resolve({ code: code ?? 128 + constants.signals[signal as NodeJS.Signals] });
      });
    });
  } catch (error) {
    // Node throws some failures instead of emitting them.
    return { fault: (error as NodeJS.ErrnoException).code ?? String(error) };
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }

  function isFromTerminal(signal: NodeJS.Signals): boolean {
    if (platform === "win32") return true;
    return OF_TERMINAL.has(signal) && terminal() !== undefined;
  }
}
