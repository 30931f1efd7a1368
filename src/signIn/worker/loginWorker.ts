import { join } from "node:path";
import { cannotWrite } from "../../cache/ownedFile.ts";
import { forgetRegistration } from "../../cache/registrationCache.ts";
import { loginsFolder, sessionStatePath } from "../../cache/stateFile.ts";
import { loginRemedy, scopesToCheck, sessionTitle, settingsToCheck } from "../../config/describeSession.ts";
import { isKind, SsoCredError } from "../../errors.ts";
import { ServiceError } from "../../identityCenter/identityCenter.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { printable } from "../../text/printable.ts";
import { recordFailedLogin } from "../backoff.ts";
import { endLogin, updateLogin } from "../changeLogin.ts";
import { type PendingLogin, readLoginFile, readPendingLogin, removeClaims } from "../pendingLogin.ts";
import { signIn } from "./signIn.ts";
import { withReservedSpace } from "./storeToken.ts";
import { isUnanswered, type LoginWatch, watchLogin } from "./watchLogin.ts";

/** Extra time after the end of the wait. */
const UNWIND_MS = 1_000;
/** The service's errors for a start URL or a region, and for scopes, that it does not accept. */
const WRONG_START = ["invalid_request", "invalid_grant", "invalid_redirect_uri", "unauthorized_client"];
const WRONG_SCOPES = ["invalid_scope", "invalid_client_metadata"];

/**
 * Runs one sign-in in a process of its own, which outlives its callers. It ends by success (also by
 * another tool's), denial, logout (the login's file is gone) or after 10 minutes. It reports only
 * through its file.
 */
export async function runLoginWorker(key: string, id: string, system: System): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(key)) return;
  const login = readLoginFile(join(loginsFolder(system), `${key}.json`));
  if (login?.id !== id || login.state !== "starting") return;
  system.trace.step("sign-in begins", { grant: login.grant, caller: login.caller });
  if (!(await updateLogin({ ...login, state: "working" }, system))) return;
  const watch = watchLogin(login, system);
  try {
    await withReservedSpace(login.session, system, (freeSpace) =>
      Promise.race([signIn(login, watch, freeSpace, system), unwound(watch.ended, system)]),
    );
    await endLogin(login, system);
    system.trace.step("sign-in succeeded");
  } catch (error) {
    await fail(login, error, watch, system);
  } finally {
    watch.stop();
  }
}

/** Lets the grant end cleanly: the page shows the outcome, and errors are reported. */
async function unwound(ended: Promise<never>, system: System): Promise<never> {
  try {
    return await ended;
  } finally {
    await system.sleep(UNWIND_MS);
  }
}

async function fail(login: PendingLogin, error: unknown, watch: LoginWatch, system: System): Promise<void> {
  system.trace.step("sign-in ended", { error: String(error) });
  if (isKind(error, "cancelled")) return endLogin(login, system);
  // Changes to the record that the worker has written since: the grant it continued with, and
  // whether it opened a browser.
  const current = readPendingLogin(login.session, system);
  if (current?.id !== login.id) return;
  const unanswered = isUnanswered(error);
  // A page that stayed unanswered may have shown that the service no longer knows the client.
  const isForgotten = error instanceof ServiceError && error.code === "invalid_client";
  if (isForgotten || (unanswered && current.grant === "browser")) {
    forgetRegistration(login.session, system);
  }
  const failure = loginFailure(error, login);
  if (unanswered && watch.hasSlept())
    system.trace.step("the computer slept, so the sign-in does not count as unanswered");
  else if (current.opened || isKind(failure, "login-failed")) {
    recordFailedLogin(login.session, failure, unanswered ? "unanswered" : "failed", system);
  }
  if (await updateLogin({ ...current, state: "failed", failure }, system)) {
    removeClaims(sessionStatePath("logins", login.session, system));
  }
}

/** The error that callers read from the login's file. */
function loginFailure(error: unknown, login: PendingLogin): SsoCredError {
  const title = sessionTitle(login.session);
  const remedy = loginRemedy(login.session);
  if (error instanceof SsoCredError && error.kind !== "login-failed") return error;
  if (error instanceof SsoCredError || error instanceof ServiceError) {
    const rejection = error instanceof ServiceError ? error : error.cause;
    const message =
      rejection === error
        ? `the sign-in to '${title}' failed: ${printable(error.message, 200)}`
        : error.message;
    const settings = rejection instanceof ServiceError ? wrongSettings(rejection, login.session) : undefined;
    // Without a remedy: a new sign-in would end in the same way.
    if (settings !== undefined) return new SsoCredError("login-failed", `${message}; ${settings}`);
    return new SsoCredError("login-failed", message, { remedy });
  }
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code === "string" && path) return cannotWrite(path, error, "nobody can sign in");
  if (typeof code === "string" && syscall) {
    const message = `the sign-in to '${title}' failed: the system refused ${printable(syscall, 20)} (${code})`;
    return new SsoCredError("unavailable", message, { remedy });
  }
  return new SsoCredError("unexpected", `the sign-in to '${title}' failed: ${printable(String(error), 200)}`);
}

/** What to check after an error for a setting that is not the organization's. */
function wrongSettings({ code }: ServiceError, session: SsoSession): string | undefined {
  if (WRONG_START.includes(code)) return settingsToCheck(session);
  return WRONG_SCOPES.includes(code) ? scopesToCheck(session) : undefined;
}
