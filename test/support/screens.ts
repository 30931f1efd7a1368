import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Home } from "./home.ts";
import type { OnTerminal } from "./pty.ts";
import { BINARY } from "./run.ts";

/**
 * Lines that the program never breaks: addresses, commands and diffs, so that they can be copied,
 * and errors, which are one line everywhere.
 */
const IN_ONE_PIECE = /^ +(?:https?:|sso-cred |run: |open: )|^[-+ @]|^https:|^sso-cred: /;

/** Collects whole screens, to be compared with a file of `test/binary/screens`. */
export function screenBook(home: Home) {
  const pages: string[] = [];
  return {
    /** Adds a screen. Fails if the terminal had to break a line that the program should have. */
    async add(title: string, terminal: OnTerminal): Promise<void> {
      const lines = await terminal.lines();
      const broken = lines.filter(({ text, isWrapped }) => isWrapped && !IN_ONE_PIECE.test(text));
      expect({ title, broken }).toEqual({ title, broken: [] });
      pages.push([`=== ${title}`, ...lines.map(({ text }) => text)].join("\n"));
    },
    async compare(file: string): Promise<void> {
      const text = pages.join("\n\n").replaceAll(home.path, "~").replaceAll(BINARY, "/opt/sso-cred");
      const path = fileURLToPath(new URL(`../binary/screens/${file}.txt`, import.meta.url));
      await expect(`${steady(text)}\n`).toMatchFileSnapshot(path);
    },
  };
}

/** Replaces what differs from run to run: ports, random values, times. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/(PORT\/\w+\?)\S+/g, "$1…")
    .replace(/\n {2}this is [\s\S]*?(?=\n\d+ (?:errors?|warnings?)[,.])/g, "")
    .replace(/\S+ \(process \d+\)/g, "aws (process 12345)")
    .replace(/\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/g, "ABCD-EFGH")
    .replace(/\b(?:59|60) min, \d\d:\d\d/g, "60 min, HH:MM");
}
