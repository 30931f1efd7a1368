import { SsoCredError } from "../errors.ts";
import type { PendingLogin } from "./pendingLogin.ts";
import { sessionTitle } from "./sessionTitle.ts";

/** What a person needs to sign in: why, where, and the code apart from the address. */
export function loginInstructions(login: PendingLogin): string {
  const caller = login.caller ? ` (asked for by ${login.caller})` : "";
  const title = sessionTitle(login.session);
  const lead = login.opened
    ? `Sign in to '${title}' in your browser${caller}. If it does not open, visit:`
    : `Sign in to '${title}'${caller} at:`;
  const code = login.userCode ? `\nand enter the code:\n\n  ${login.userCode}\n` : "";
  const hint = isOnlyHere(login) ? `\n${ONLY_HERE}, run:\n\n  ${deviceCommand(login)}\n` : "";
  return `${lead}\n\n  ${login.url}\n${code}${hint}`;
}

/** The error of a call that cannot wait: says where to sign in, with a device's code apart from the address. */
export function openElsewhere(login: PendingLogin, message: string): SsoCredError {
  const code = login.userCode ? `, code ${login.userCode}` : "";
  const run = isOnlyHere(login) ? { run: deviceCommand(login) } : {};
  return new SsoCredError("login-required", `${message}${code}`, {
    remedy: { ...run, ...(login.url ? { open: login.url } : {}) },
  });
}

const ONLY_HERE = "That page has to be opened on this computer. To sign in with a browser elsewhere";

/** The browser's answer comes to this computer's 127.0.0.1, and no browser was opened on it. */
function isOnlyHere({ grant, opened }: PendingLogin): boolean {
  return grant === "browser" && opened === false;
}

function deviceCommand({ session }: PendingLogin): string {
  return `sso-cred login ${session.loginArguments} --use-device-code`;
}
