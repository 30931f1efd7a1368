import { constants, openSync, writeSync } from "node:fs";
import { attempt, closing } from "./attempt.ts";
import { writeToConsole } from "./output.ts";
import { processStat, ps } from "./processIdentity.ts";
import type { Terminal } from "./system.ts";

/**
 * Opens the controlling terminal instead of stdin, stdout and stderr, which belong to the SDK that
 * called us. Undefined without a terminal, and for a background process group, which must not write
 * into another program's screen.
 */
export function openTerminal(platform: NodeJS.Platform): Terminal | undefined {
  const device = platform === "win32" ? "\\\\.\\CONOUT$" : "/dev/tty";
  const id = platform === "win32" ? consoleId(process.env) : foregroundTerminal(platform);
  if (!id || !attempt(() => closing(openDevice(device), () => true), false)) return undefined;
  return {
    id,
    write(text) {
      try {
        const fd = openDevice(device);
        // A stopped terminal (Ctrl-S) accepts nothing; text that does not fit is dropped.
        if (!writeToConsole(fd, text)) closing(fd, () => writeSync(fd, text));
      } catch {
        // The terminal is gone. The error at the end of the run says the same.
      }
    },
  };
}

/** Node cannot ask Windows for its console, but most terminals name the tab in a variable. */
export function consoleId(env: Readonly<NodeJS.ProcessEnv>): string {
  const id = env.WT_SESSION || env.ConEmuHWND || env.ALACRITTY_WINDOW_ID || env.WEZTERM_PANE;
  return `console-${(id ?? "").replace(/[^A-Za-z0-9]+/g, "-")}`;
}

function openDevice(device: string): number {
  // Node recognises a console only if it is readable.
  const access = device.startsWith("\\\\") ? constants.O_RDWR : constants.O_WRONLY;
  return openSync(device, access | (constants.O_NOCTTY ?? 0) | (constants.O_NONBLOCK ?? 0));
}

/** The terminal's name if our process group is the one in its foreground. */
function foregroundTerminal(platform: NodeJS.Platform): string | undefined {
  // proc(5): pgrp, tty_nr and tpgid are the fields 5, 7 and 8.
  const [, , pgrp, , tty, tpgid] = platform === "linux" ? processStat(process.pid) : [];
  const [group, terminal = "", foreground] =
    platform === "linux" ? [pgrp, tty, tpgid] : ps(["pgid", "tty", "tpgid"], process.pid).split(/\s+/);
  const hasTerminal = terminal !== "" && terminal !== "0" && !terminal.startsWith("?");
  return hasTerminal && group === foreground ? terminal.replace(/[^A-Za-z0-9]+/g, "-") : undefined;
}
