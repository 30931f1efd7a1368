import { readFailure } from "../cache/attempts.ts";
import { removeIfPossible } from "../cache/folder.ts";
import { readStateFile, sessionStatePath, writeStateFile } from "../cache/stateFile.ts";
import { tokenFingerprint, tokenWrittenAt } from "../cache/tokenCache.ts";
import {
  loginRemedy,
  loginRequired,
  missingScope,
  sessionTitle,
  settingsToCheck,
} from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { textFields } from "../hit/json.ts";
import { sha1 } from "../hit/sha1.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import type { Clocked } from "../platform/system.ts";

const FIRST_MS = 15 * 60_000;
const LONGEST_MS = 4 * 3_600_000;
/** The AWS SDKs for JavaScript and Ruby run a failed helper again at once: same error. */
const SAME_FAILURE_MS = 10_000;

/** Unanswered; denied or gone wrong; or the portal rejected the new token. */
export type EndOfLogin = "unanswered" | "failed" | "refused";

/**
 * The error that prevents an automatic sign-in now, if any: for 10 s after a failure the same
 * failure; then, if a browser would be opened, `login-required` until the back-off is over.
 */
export function backoffFailure(session: SsoSession, { browser }: { browser: boolean }, system: Clocked) {
  const last = readFailedLogin(session, system);
  if (!last) return undefined;
  if (last.end !== "unanswered" && system.now() - last.at < SAME_FAILURE_MS) return last.failure;
  if (!browser || last.until <= system.now()) return undefined;
  const title = sessionTitle(session);
  const isUnanswered = last.end === "unanswered";
  const what = isUnanswered ? `nobody answered the last sign-in to '${title}'` : last.failure.message;
  const time = new Date(last.until).toTimeString().slice(0, 5);
  return loginRequired(session, `${what}, so no browser is opened automatically until ${time}`);
}

/** Epoch milliseconds until which no browser is opened automatically; undefined if one may be. */
export function backoffUntil(session: SsoSession, system: Clocked): number | undefined {
  const until = readFailedLogin(session, system)?.until ?? 0;
  return until > system.now() ? until : undefined;
}

/** Starts the back-off after a failed sign-in: 15 minutes, doubling up to 4 hours. Best effort. */
export function recordFailedLogin(
  session: SsoSession,
  failure: SsoCredError,
  end: EndOfLogin,
  system: Clocked,
  refusedToken?: string,
): void {
  const now = system.now();
  const last = readFailedLogin(session, system);
  // Several callers of one sign-in report the same failure.
  const isSame = last?.end === end && end === "refused" && now - last.at < SAME_FAILURE_MS;
  const count = isSame ? last.count : (last?.count ?? 0) + 1;
  const until = now + Math.min(FIRST_MS * 2 ** (count - 1), LONGEST_MS);
  const fingerprint = refusedToken && tokenFingerprint(refusedToken);
  const settings = settingsOf(session);
  const state = { end, at: now, until, count, failure, settings, tokenFingerprint: fingerprint };
  // On a disk that cannot be written, the next call asks again.
  attempt(() => writeStateFile(sessionStatePath("backoff", session, system), state));
}

/**
 * The error for a portal that rejects a token right after its sign-in. Holds back the next browser
 * tab.
 */
export function recordRefusedToken(
  session: SsoSession,
  accessToken: string | undefined,
  system: Clocked,
): SsoCredError {
  const wrong = missingScope(session) ?? `${settingsToCheck(session)}, and whether the user is disabled`;
  const message = `the portal refuses every new token of '${sessionTitle(session)}': ${wrong}`;
  const failure = new SsoCredError("login-failed", message, { remedy: loginRemedy(session) });
  recordFailedLogin(session, failure, "refused", system, accessToken);
  return failure;
}

/** The `tokenFingerprint` of a new token that the portal rejected, if the last sign-in ended so. */
export function lastRefusedFingerprint(session: SessionIdentity, system: Clocked): string | undefined {
  const state = readStateFile(sessionStatePath("backoff", session, system));
  return textFields(state, ["tokenFingerprint"]).tokenFingerprint;
}

/** Ends the back-off, because a person signs in or a token works. Best effort. */
export function clearBackoff(session: SessionIdentity, system: Clocked): void {
  removeIfPossible(sessionStatePath("backoff", session, system));
}

/**
 * The last sign-in, if it failed: how, when (`at`), until when no browser is opened automatically
 * (both epoch milliseconds), and the number of failures in a row. Undefined if any tool has written
 * a token since, unless the portal rejected the new token: then only a token that works counts
 * (`clearBackoff`). Also undefined if the clock was set back before it.
 */
function readFailedLogin(session: SsoSession, system: Clocked) {
  const state = readStateFile(sessionStatePath("backoff", session, system));
  const { end, at, until, count, settings } = state ?? {};
  const failure = readFailure(state?.failure);
  if (end !== "unanswered" && end !== "failed" && end !== "refused") return undefined;
  if (typeof at !== "number" || typeof until !== "number" || typeof count !== "number") return undefined;
  // Corrected settings are worth another attempt at once.
  if (!failure || settings !== settingsOf(session) || at > system.now()) return undefined;
  if ((tokenWrittenAt(session, system) ?? 0) > at && end !== "refused") return undefined;
  return { end: end as EndOfLogin, at, until, count, failure };
}

function settingsOf({ startUrl, region, scopes }: SsoSession): string {
  return sha1(JSON.stringify([startUrl, region, scopes]));
}
