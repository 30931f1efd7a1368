import { existsSync } from "node:fs";
import { sessionStatePath } from "../cache/stateFile.ts";
import { tokenPath } from "../cache/tokenCache.ts";
import { watchFiles } from "../cache/watchFiles.ts";
import { loginRemedy, loginRequired, sessionTitle } from "../config/describeSession.ts";
import { isKind, SsoCredError } from "../errors.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { cancelLogin } from "./changeLogin.ts";
import { openElsewhere } from "./loginInstructions.ts";
import {
  awaitedToken,
  claim,
  hasOtherWaiters,
  isJoinable,
  isUnderWay,
  type PendingLogin,
  readPendingLogin,
  release,
} from "./pendingLogin.ts";

/** A sign-in that the browser completes by itself within this time is not announced. */
const SETTLE_MS = 50;
/** How often one caller starts a worker that keeps dying. */
const MAX_STARTS = 3;
/** The claim of this process while it waits. */
const WAITER = `waiter-${process.pid}`;

export interface LoginWait {
  /** Epoch milliseconds. */
  deadline: number;
  /** The access token to be replaced, which does not end the wait. */
  replaces: string | undefined;
  /** Starts a sign-in if none is open. Called again if its worker dies. */
  start(): Promise<PendingLogin>;
  /** Called once for each sign-in that is open. Throws if nobody can be asked here. */
  show(login: PendingLogin): void;
}

/**
 * Waits for a token from the open sign-in, or from a new one. All callers share one sign-in.
 *
 * Throws `login-failed` (denied, unanswered), `unavailable` (the service is out of reach),
 * `login-required` if the wait runs out first, `cancelled` on Ctrl-C, which ends the sign-in if
 * nobody else waits for it.
 */
export async function awaitLogin(session: SsoSession, wait: LoginWait, system: System): Promise<SsoToken> {
  let joined: PendingLogin | undefined;
  let shown: string | undefined;
  let starts = 0;
  const loginPath = sessionStatePath("logins", session, system);
  const changes = watchFiles([loginPath, tokenPath(session, system)], system);
  try {
    for (;;) {
      const login = readPendingLogin(session, system);
      // Checked before the token: a failure also removes the claims that mark refreshed tokens.
      if (joined && login?.id === joined.id && login.failure) throw login.failure;
      // Read after the login's file, which a worker removes once the token is written.
      const token = awaitedToken(session, login, system);
      if (token && token.accessToken !== wait.replaces) return token;
      // The file may be there, but be unreadable or another machine's.
      if (joined && !login)
        throw existsSync(loginPath) ? replaced(session) : gone(session, "was ended by a logout");
      if (login && isJoinable(login, session, system)) {
        if (login.id !== joined?.id) join(login);
        if (login.state === "open" && login.id !== shown) {
          wait.show(login);
          shown = login.id;
        }
        if (system.now() >= wait.deadline) throw stillOpen(login);
      } else {
        // Don't replace a sign-in that other callers are waiting for.
        if (login && isUnderWay(login, system) && joined) throw replaced(session);
        if (++starts > MAX_STARTS) {
          const message = `the sign-in to '${sessionTitle(session)}' does not start: the system ends its process`;
          throw new SsoCredError("unavailable", message, { remedy: loginRemedy(session) });
        }
        const started = await wait.start();
        if (started.id !== joined?.id) join(started);
        continue;
      }
      await changes.next(wait.deadline - system.now());
      await system.sleep(SETTLE_MS);
    }
  } catch (error) {
    if (joined && isKind(error, "cancelled")) {
      // Released first, so that of several callers interrupted at once the last one finds no other
      // waiter.
      release(joined, WAITER, system);
      if (!hasOtherWaiters(joined, system)) await cancelLogin(session, system, joined);
    }
    throw error;
  } finally {
    changes.close();
    if (joined) release(joined, WAITER, system);
  }

  function join(login: PendingLogin): void {
    if (joined) release(joined, WAITER, system);
    joined = login;
    claim(login, WAITER, system);
    system.trace.step("wait for the sign-in", { grant: login.grant, state: login.state });
  }
}

function stillOpen(login: PendingLogin): SsoCredError {
  const state = login.url
    ? "is open and waits for you; the next call continues with it"
    : "is being prepared; call again";
  return openElsewhere(login, `the sign-in to '${sessionTitle(login.session)}' ${state}`);
}

/** For a new sign-in with other settings, or on another machine that shares the folder. */
function replaced(session: SsoSession): SsoCredError {
  return gone(session, "was replaced by another one, which this call cannot join");
}

function gone(session: SsoSession, how: string): SsoCredError {
  return loginRequired(session, `the sign-in to '${sessionTitle(session)}' ${how}`);
}
