import type { Terminal } from "../platform/system.ts";
import type { PendingLogin } from "./pendingLogin.ts";
import { sessionTitle } from "./sessionTitle.ts";

/** What a person needs to sign in: why, where, and the code apart from the address. */
export function loginInstructions(login: PendingLogin): string {
  const asker = login.asker ? ` (asked for by ${login.asker})` : "";
  const title = sessionTitle(login.session);
  const lead = login.opened
    ? `Sign in to '${title}' in your browser${asker}. If it does not open, visit:`
    : `Sign in to '${title}'${asker} at:`;
  const code = login.userCode ? `\nand enter the code:\n\n  ${login.userCode}\n` : "";
  return `${lead}\n\n  ${login.url}\n${code}`;
}

/** Tells the terminal, which belongs to whatever runs in it: set apart by a line on either side. */
export function announce(login: PendingLogin, terminal: Terminal): void {
  terminal.write(`\n${loginInstructions(login)}\n`.replaceAll("\n", "\r\n"));
}
