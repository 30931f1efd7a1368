import { recordAttempt } from "../cache/attempts.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { removeRoleCredentials, usableRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { roleAttemptPath } from "../cache/stateFile.ts";
import { readToken, tokenPath } from "../cache/tokenCache.ts";
import { loginRemedy, missingScope, sessionTitle, settingsToCheck } from "../config/describeSession.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { roleCredentialsPath } from "../hit/paths.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { RoleCredentials, SessionRole } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { recordFailedLogin } from "../signIn/backoff.ts";
import { loginForMainJob } from "../signIn/loginForMainJob.ts";
import { retryBudget } from "./retryBudget.ts";
import { singleFlight } from "./singleFlight.ts";

/** A logout may remove the first sign-in's token before it is used. */
const MAX_LOGINS = 2;
/** How long to wait for a sign-in if the cached credentials are still usable. */
const SHORT_LOGIN_MS = 3_000;

/**
 * Gets role credentials from the first source that has them: the cache, the portal with the cached
 * token, with a refreshed token, after a sign-in. N callers for one role cost one portal call. No
 * lock is held during a sign-in.
 *
 * Throws `login-required`, `login-failed`, `access-denied`, `unavailable`, `config`.
 */
export async function obtainRoleCredentials(
  role: SessionRole,
  deadline: number,
  system: System,
): Promise<RoleCredentials> {
  const api = identityCenter(role.session, system);
  const retries = retryBudget(system);
  removeRolesOfOtherSettings(role, system);
  try {
    for (let logins = 0; ; logins++) {
      const outcome = await singleFlight(role, { deadline, retries, api }, system);
      if ("credentials" in outcome) return outcome.credentials;
      // A logout revokes a token before it removes the file: that is no refusal.
      const current = readToken(role.session, system)?.accessToken;
      const isRefused = outcome.refused !== undefined && current === outcome.refused;
      if ((logins > 0 && isRefused) || logins === MAX_LOGINS) throw refusedAgain(role, system);
      await retries.pauseDuring(() => signIn(role, outcome.refused, deadline, system));
    }
  } catch (error) {
    const isNoSignIn = isKind(error, "login-required", "login-failed", "unavailable", "config");
    const cached = isNoSignIn ? usableRoleCredentials(role, system) : undefined;
    if (!cached) throw error;
    recordAttempt(roleAttemptPath(role, system), system);
    system.trace.step("nobody signed in, but the cached credentials are still usable", {
      error: String(error),
    });
    return cached;
  }
}

/** After a change of start URL or region, cached credentials are of the previous one. */
function removeRolesOfOtherSettings(role: SessionRole, system: System): void {
  const { session } = role;
  const recorded = readJsonObject(roleCredentialsPath(role, system))?.SsoCred as JsonObject | undefined;
  const isOther = ({ startUrl = session.startUrl, region = session.region }: JsonObject) =>
    startUrl !== session.startUrl || region !== session.region;
  if (![readJsonObject(tokenPath(session, system)), recorded].some((each) => each && isOther(each))) return;
  bestEffort("role credentials of other settings could not be removed", system, () =>
    removeRoleCredentials({ session, pairs: [role] }, system),
  );
}

/** If the wait runs out, the sign-in stays open, and the next call joins it. */
async function signIn(
  role: SessionRole,
  refused: string | undefined,
  deadline: number,
  system: System,
): Promise<void> {
  const until = usableRoleCredentials(role, system)
    ? Math.min(deadline, system.now() + SHORT_LOGIN_MS)
    : deadline;
  await loginForMainJob(role.session, { deadline: until, replaces: refused }, system);
}

/** Records the rejection, so that no further browser tab is opened. */
function refusedAgain({ session }: SessionRole, system: System): SsoCredError {
  const title = sessionTitle(session);
  const wrong = missingScope(session) ?? `${settingsToCheck(session)}, and whether the user is disabled`;
  const message = `the portal refuses every new token of '${title}': ${wrong}`;
  const failure = new SsoCredError("login-failed", message, { remedy: loginRemedy(session) });
  recordFailedLogin(session, failure, "refused", system);
  return failure;
}
