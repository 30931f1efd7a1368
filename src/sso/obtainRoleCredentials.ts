import { rmSync } from "node:fs";
import { type IdentityCenter, identityCenter, ServiceError } from "../aws/identityCenter.ts";
import { withRetries } from "../aws/retry.ts";
import { attemptSince, recentAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import {
  type Role,
  readRoleCredentials,
  roleCredentialsPath,
  writeRoleCredentials,
} from "../cache/roleCredentialsCache.ts";
import { roleAttemptPath, roleLockPath } from "../cache/statePaths.ts";
import { readToken } from "../cache/tokenCache.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../expiry.ts";
import { loginForMainJob } from "../login/loginForMainJob.ts";
import { sessionTitle } from "../login/sessionTitle.ts";
import type { System } from "../system/system.ts";
import { accessDenied } from "./accessDenied.ts";
import { obtainToken } from "./obtainToken.ts";
import type { RoleCredentials, SsoToken } from "./types.ts";

/** All retries of one request together. */
const RETRY_MS = 10_000;
/** The same when something that still lives can be used instead. */
const SHORT_RETRY_MS = 3_000;
/** One for a person who has to sign in, one more if the portal refuses even the new token. */
const MAX_LOGINS = 2;

/** Credentials, or a person is needed: the portal refused this access token, or there is none that works. */
type Outcome = { credentials: RoleCredentials } | { refused: string | undefined };

/**
 * Role credentials, from the first of: the cache; the portal with the cached token; with a refreshed one; after a
 * sign-in. N callers for one role cost one portal call; no lock is held while a person thinks.
 *
 * Throws `login-required`, `login-failed`, `access-denied`, `unavailable`, `config`.
 */
export async function obtainRoleCredentials(
  role: Role,
  deadline: number,
  system: System,
): Promise<RoleCredentials> {
  let opened: Promise<IdentityCenter> | undefined;
  const api = () => (opened ??= identityCenter(role.session, system));
  try {
    for (let logins = 0; ; logins++) {
      const outcome = await obtainOnce(role, deadline, api, system);
      if ("credentials" in outcome) return outcome.credentials;
      if (logins === MAX_LOGINS) throw refusedAgain(role);
      await signIn(role, outcome.refused, deadline, system);
    }
  } catch (error) {
    const cached = isKind(error, "login-required", "login-failed") ? usable(role, system) : undefined;
    if (!cached) throw error;
    recordAttempt(roleAttemptPath(role, system), system);
    system.trace.step("nobody signed in, but what is cached still lives", { error: String(error) });
    return cached;
  } finally {
    await opened?.then((client) => client.close()).catch(() => {});
  }
}

/** One round under the role's lock; others' results count while waiting for it. */
async function obtainOnce(
  role: Role,
  deadline: number,
  api: () => Promise<IdentityCenter>,
  system: System,
): Promise<Outcome> {
  const startedAt = system.now();
  const before = readRoleCredentials(role, system);
  if (before && isFresh(before.expiration, system.now())) return { credentials: before };
  const attempts = roleAttemptPath(role, system);
  const resting = () => (recentAttempt(attempts, system) ? usable(role, system) : undefined);
  const rested = resting();
  if (rested) return { credentials: rested };
  const wait = {
    deadline,
    purpose: `another sso-cred that asks for the role '${role.roleName}'`,
    meanwhile(): Outcome | undefined {
      const now = usable(role, system);
      if (now && now.expiration !== before?.expiration) return { credentials: now };
      const failure = attemptSince(attempts, startedAt, system)?.failure;
      if (!failure) return undefined;
      if (now && failure.kind === "unavailable") return { credentials: now };
      throw failure;
    },
  };
  return withLock<Outcome>(system, roleLockPath(role, system), wait, async () => {
    const enough = resting();
    if (enough) return { credentials: enough };
    // Look again: whoever held the lock before has written, or failed just now. One attempt is enough for all who waited.
    const others = wait.meanwhile();
    if (others) return others;
    try {
      const outcome = await askPortal(role, deadline, api, system);
      if ("credentials" in outcome) recordAttempt(attempts, system);
      return outcome;
    } catch (error) {
      recordAttempt(attempts, system, error);
      const cached = isKind(error, "unavailable", "config") ? usable(role, system) : undefined;
      if (!cached) throw error;
      system.trace.step("the service is out of reach, but what is cached still lives", {
        error: String(error),
      });
      return { credentials: cached };
    }
  });
}

async function askPortal(
  role: Role,
  deadline: number,
  api: () => Promise<IdentityCenter>,
  system: System,
): Promise<Outcome> {
  const retryMs = usable(role, system) ? SHORT_RETRY_MS : RETRY_MS;
  let refused: string | undefined;
  for (;;) {
    const wish = { deadline, retryMs, api, ...(refused === undefined ? {} : { refused }) };
    const token = await obtainToken(role.session, wish, system);
    if (!token) return { refused };
    try {
      return { credentials: await fetchAndKeep(role, token, { deadline, retryMs, api }, system) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.status !== 401) throw await accessDenied(role, token, error, { api, deadline }, system);
      system.trace.step("the portal refused the token");
      // Once more with a refreshed token, never twice with one that was new.
      if (refused !== undefined) return { refused: token.accessToken };
      refused = token.accessToken;
    }
  }
}

async function fetchAndKeep(
  role: Role,
  token: SsoToken,
  { deadline, retryMs, api }: { deadline: number; retryMs: number; api: () => Promise<IdentityCenter> },
  system: System,
): Promise<RoleCredentials> {
  const client = await api();
  const budgetMs = Math.max(0, Math.min(retryMs, deadline - system.now()));
  const credentials = await withRetries(system, budgetMs, (deadline) =>
    client.getRoleCredentials(token.accessToken, role.accountId, role.roleName, { deadline }),
  );
  if (credentials.expiration <= system.now()) {
    throw new SsoCredError(
      "unavailable",
      "the portal sent credentials that have already expired; is the clock right?",
    );
  }
  keep(role, token, credentials, system);
  return credentials;
}

/**
 * Logout wins, and whoever signed in after it: only while the token file holds what was used. A disk that takes nothing
 * costs only the cache.
 */
function keep(role: Role, { accessToken }: SsoToken, credentials: RoleCredentials, system: System): void {
  const isCurrent = () => readToken(role.session, system)?.accessToken === accessToken;
  if (!isCurrent()) return;
  try {
    writeRoleCredentials(role, credentials, system);
    if (!isCurrent()) rmSync(roleCredentialsPath(role, system), { force: true });
  } catch (error) {
    system.trace.step("the role credentials could not be written", { error: String(error) });
  }
}

async function signIn(
  role: Role,
  refused: string | undefined,
  deadline: number,
  system: System,
): Promise<void> {
  await loginForMainJob(
    role.session,
    { deadline, ...(refused === undefined ? {} : { replaces: refused }) },
    system,
  );
}

function usable(role: Role, system: System): RoleCredentials | undefined {
  const cached = readRoleCredentials(role, system);
  return cached && isUsable(cached.expiration, system.now()) ? cached : undefined;
}

function refusedAgain(role: Role): SsoCredError {
  const title = sessionTitle(role.session);
  return new SsoCredError("login-failed", `the portal refuses even the new sign-in to '${title}'`, {
    remedy: { run: `sso-cred logout ${role.session.loginArguments}` },
  });
}
