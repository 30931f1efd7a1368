import { SsoCredError } from "../../errors.ts";
import { ServiceError } from "../../identityCenter/identityCenter.ts";
import { printable } from "../../text/printable.ts";
import type { PendingLogin } from "../pendingLogin.ts";
import { sessionTitle } from "../sessionTitle.ts";

/** What the callers are told of a sign-in that failed: they read it from its file. */
export function loginFailure(error: unknown, login: PendingLogin): SsoCredError {
  const title = sessionTitle(login.session);
  const remedy = { run: `sso-cred login ${login.session.loginArguments}` };
  if (error instanceof SsoCredError) {
    return error.kind === "login-failed" ? new SsoCredError(error.kind, error.message, { remedy }) : error;
  }
  if (error instanceof ServiceError) {
    const message = `the sign-in to '${title}' failed: ${printable(error.message, 200)}`;
    return new SsoCredError("login-failed", message, { remedy });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code && path)
    return new SsoCredError("config", `cannot write ${printable(path)} (${code}), so nobody can sign in`);
  return new SsoCredError("unexpected", `the sign-in to '${title}' failed: ${printable(String(error), 200)}`);
}
