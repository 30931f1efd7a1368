import { uptime } from "node:os";
import { sessionTitle } from "../../config/describeSession.ts";
import { SsoCredError } from "../../errors.ts";
import type { System } from "../../platform/system.ts";
import { awaitedToken, isCurrent, LOGIN_MS, type PendingLogin } from "../pendingLogin.ts";

const WATCH_MS = 500;
/** A longer gap between two polls means that the computer slept or its clock was set forward. */
const SLEPT_MS = 10_000;
const UNANSWERED = "unanswered";

export type LoginWatch = ReturnType<typeof watchLogin>;

export function watchLogin(login: PendingLogin, system: System) {
  const deadline = system.now() + LOGIN_MS;
  let watching = true;
  let own: string | undefined;
  let lookedAt = system.now();
  let slept = false;
  const hasSlept = () => (slept ||= system.now() - lookedAt > SLEPT_MS);
  const ended = (async () => {
    while (watching) {
      await system.sleep(WATCH_MS);
      if (!watching) break;
      hasSlept();
      lookedAt = system.now();
      if (!isCurrent(login, system)) throw endedElsewhere();
      const token = awaitedToken(login.session, login, system);
      if (token && token.accessToken !== own) throw endedElsewhere();
      // Checks the machine's uptime too: the clock may be set back.
      if (system.now() >= deadline || (uptime() - login.startedUptime) * 1000 >= LOGIN_MS)
        throw unanswered(sessionTitle(login.session));
    }
    return new Promise<never>(() => {});
  })();
  ended.catch(() => {});
  return {
    /** Rejects at the end: signed out, replaced, completed by another tool, out of time. */
    ended,
    /** Names the token that this sign-in itself produced, which is no reason to end. */
    expect(accessToken: string) {
      own = accessToken;
    },
    /** True if the computer slept, or its clock was set forward, while the sign-in was open. */
    hasSlept,
    stop() {
      watching = false;
    },
  };
}

/** The error of a sign-in that stayed unanswered. */
export function unanswered(sessionName: string): SsoCredError {
  const message = `nobody answered the sign-in to '${sessionName}' in time`;
  return new SsoCredError("login-failed", message, { cause: UNANSWERED });
}

export function isUnanswered(error: unknown): boolean {
  return error instanceof SsoCredError && error.cause === UNANSWERED;
}

function endedElsewhere(): SsoCredError {
  return new SsoCredError("cancelled", "the sign-in was ended by another process");
}
