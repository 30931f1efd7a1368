import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CA_FILE } from "./testCertificates.ts";

/** `visit` follows the page's redirects, `deny` presses Deny on it, `ignore` does nothing. */
export type BrowserMode = "visit" | "deny" | "ignore";

export interface FakeBrowser {
  /** A value for `BROWSER`: an executable that needs nothing in PATH. */
  readonly command: string;
  /** The URLs that it was opened with, in order. */
  opened(): string[];
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Writes a browser into a folder. */
export function makeBrowser(folder: string, mode: BrowserMode = "visit"): FakeBrowser {
  const command = join(folder, `browser-${mode}`);
  const log = join(folder, `browser-${mode}.opened`);
  const program = fileURLToPath(new URL("browserProcess.ts", import.meta.url));
  const script = [
    "#!/bin/sh",
    // Real browsers have a trust store of their own, and get none of the program's variables.
    `export NODE_EXTRA_CA_CERTS=${quoted(CA_FILE)}`,
    `exec ${quoted(process.execPath)} --no-warnings ${quoted(program)} ${mode} ${quoted(log)} "$@"`,
  ];
  writeFileSync(command, `${script.join("\n")}\n`);
  chmodSync(command, 0o755);
  return {
    command,
    opened: () => {
      try {
        return readFileSync(log, "utf8").split("\n").filter(Boolean);
      } catch {
        return [];
      }
    },
  };
}
