import { sessionTitle } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import type { PendingLogin } from "./pendingLogin.ts";

/**
 * What a person needs to sign in: the reason, and address and code on lines of their own. A command
 * for the person begins with `before`.
 */
export function loginInstructions(login: PendingLogin, before = ""): string {
  const caller = login.caller ? ` (asked for by ${login.caller})` : "";
  const title = sessionTitle(login.session);
  const lead = login.opened
    ? `Sign in to '${title}' in your browser${caller}.\nIf it does not open, visit:`
    : `Sign in to '${title}'${caller} at:`;
  const { url, urlWithCode = url, userCode } = login;
  const code = userCode ? `\nand check that the page shows this code:\n\n  ${userCode}\n` : "";
  const hint = isOnlyHere(login) ? `\n${ONLY_HERE}, run:\n\n  ${before}${deviceCommand(login)}\n` : "";
  return `${lead}\n\n  ${urlWithCode}\n${code}${hint}`;
}

/** The error of a call that cannot wait, with the address and, apart from it, a device's code. */
export function openElsewhere(login: PendingLogin, message: string): SsoCredError {
  const code = login.userCode ? `, code ${login.userCode}` : "";
  const run = isOnlyHere(login) ? { run: deviceCommand(login) } : {};
  const remedy = { ...run, ...(login.url ? { open: login.url } : {}) };
  return new SsoCredError("login-required", `${message}${code}`, { remedy });
}

const ONLY_HERE = "That page has to be opened on this computer.\nTo sign in with a browser elsewhere";

/** True if the browser must respond to this computer's 127.0.0.1 but was not opened here. */
function isOnlyHere({ grant, opened }: PendingLogin): boolean {
  return grant === "browser" && opened === false;
}

function deviceCommand({ session }: PendingLogin): string {
  return `sso-cred login ${session.loginArguments} --use-device-code`;
}
