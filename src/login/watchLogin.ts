import { readToken, tokenMark } from "../cache/tokenCache.ts";
import { SsoCredError } from "../errors.ts";
import { isUsable } from "../expiry.ts";
import type { System } from "../system/system.ts";
import { LOGIN_MS, type PendingLogin, readPendingLogin } from "./pendingLogin.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { unanswered } from "./unanswered.ts";

const WATCH_MS = 500;

/** Rejects `ended` when the wait is over: signed out, replaced, answered through another tool, out of time. */
export function watchLogin(login: PendingLogin, system: System): { ended: Promise<never>; stop(): void } {
  const deadline = system.now() + LOGIN_MS;
  let watching = true;
  const ended = (async () => {
    while (watching) {
      await system.sleep(WATCH_MS);
      if (!watching) break;
      if (readPendingLogin(login.session, system)?.id !== login.id) throw endedElsewhere();
      const token = readToken(login.session, system);
      const isNew = token && (!login.replaces || tokenMark(token.accessToken) !== login.replaces);
      if (isNew && isUsable(token.expiresAt, system.now())) throw endedElsewhere();
      if (system.now() >= deadline) throw unanswered(sessionTitle(login.session));
    }
    return new Promise<never>(() => {});
  })();
  ended.catch(() => {});
  return {
    ended,
    stop() {
      watching = false;
    },
  };
}

function endedElsewhere(): SsoCredError {
  return new SsoCredError("cancelled", "the sign-in has been ended from elsewhere");
}
