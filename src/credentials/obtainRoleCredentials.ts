import { recordAttempt } from "../cache/attempts.ts";
import { readJsonObject } from "../cache/jsonFile.ts";
import { removeRoleCredentials, usableRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { roleAttemptPath } from "../cache/statePaths.ts";
import { tokenPath } from "../cache/tokenCache.ts";
import { missingScope, settingsToCheck } from "../config/settingsToCheck.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { type IdentityCenter, identityCenter } from "../identityCenter/identityCenter.ts";
import type { RoleCredentials, SessionRole } from "../model.ts";
import type { System } from "../platform/system.ts";
import { recordFailedLogin } from "../signIn/backoff.ts";
import { loginForMainJob } from "../signIn/loginForMainJob.ts";
import { sessionTitle } from "../signIn/sessionTitle.ts";
import { retryBudget } from "./retryBudget.ts";
import { singleFlight } from "./singleFlight.ts";

/** One, and one more where a logout took the new token away before it was used. */
const MAX_LOGINS = 2;
/** How long a person is waited for when what is cached still lives. */
const SHORT_LOGIN_MS = 3_000;

/**
 * Role credentials, from the first of: the cache; the portal with the cached token; with a refreshed one; after a
 * sign-in. N callers for one role cost one portal call; no lock is held while a person thinks.
 *
 * Throws `login-required`, `login-failed`, `access-denied`, `unavailable`, `config`.
 */
export async function obtainRoleCredentials(
  role: SessionRole,
  deadline: number,
  system: System,
): Promise<RoleCredentials> {
  let opened: Promise<IdentityCenter> | undefined;
  const api = () => (opened ??= identityCenter(role.session, system));
  const retries = retryBudget(system);
  removeRolesOfOtherStartUrl(role, system);
  try {
    for (let logins = 0; ; logins++) {
      const outcome = await singleFlight(role, { deadline, retries, api }, system);
      if ("credentials" in outcome) return outcome.credentials;
      const isNewRefused = logins > 0 && outcome.refused !== undefined;
      if (isNewRefused || logins === MAX_LOGINS) throw refusedAgain(role, system);
      await retries.apart(() => signIn(role, outcome.refused, deadline, system));
    }
  } catch (error) {
    const isNoSignIn = isKind(error, "login-required", "login-failed", "unavailable", "config");
    const cached = isNoSignIn ? usableRoleCredentials(role, system) : undefined;
    if (!cached) throw error;
    recordAttempt(roleAttemptPath(role, system), system);
    system.trace.step("nobody signed in, but what is cached still lives", { error: String(error) });
    return cached;
  } finally {
    await opened?.then((client) => client.close()).catch(() => {});
  }
}

/** The session got another start URL since the last sign-in: what is cached belongs to somebody at the one before. */
function removeRolesOfOtherStartUrl(role: SessionRole, system: System): void {
  const { session } = role;
  const file = readJsonObject(tokenPath(session, system));
  if (typeof file?.startUrl !== "string" || file.startUrl === session.startUrl) return;
  try {
    removeRoleCredentials({ session, pairs: [role] }, system);
  } catch (error) {
    system.trace.step("role credentials of another start URL could not be removed", { error: String(error) });
  }
}

/** The sign-in goes on when its wait is over: the next call finds it. */
async function signIn(
  role: SessionRole,
  refused: string | undefined,
  deadline: number,
  system: System,
): Promise<void> {
  const until = usableRoleCredentials(role, system)
    ? Math.min(deadline, system.now() + SHORT_LOGIN_MS)
    : deadline;
  const replaces = refused === undefined ? {} : { replaces: refused };
  await loginForMainJob(role.session, { deadline: until, ...replaces }, system);
}

/** One tab is enough: the refusal holds back further sign-ins. */
function refusedAgain({ session }: SessionRole, system: System): SsoCredError {
  const title = sessionTitle(session);
  const wrong = missingScope(session) ?? `${settingsToCheck(session)}, and whether the user is disabled`;
  const message = `the portal refuses every new token of '${title}': ${wrong}`;
  const failure = new SsoCredError("login-failed", message, {
    remedy: { run: `sso-cred login ${session.loginArguments}` },
  });
  recordFailedLogin(session, failure, "refused", system);
  return failure;
}
