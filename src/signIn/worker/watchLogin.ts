import { uptime } from "node:os";
import { readToken } from "../../cache/tokenCache.ts";
import { SsoCredError } from "../../errors.ts";
import type { System } from "../../platform/system.ts";
import { LOGIN_MS, type PendingLogin, readPendingLogin } from "../pendingLogin.ts";
import { sessionTitle } from "../sessionTitle.ts";
import { isAnswer } from "../signInAnswer.ts";
import { unanswered } from "./unanswered.ts";

const WATCH_MS = 500;

export interface LoginWatch {
  /** Rejects when the wait is over: signed out, replaced, answered through another tool, out of time. */
  ended: Promise<never>;
  /** Names the token that is this sign-in's own and no reason to end. */
  expect(accessToken: string): void;
  stop(): void;
}

export function watchLogin(login: PendingLogin, system: System): LoginWatch {
  const deadline = system.now() + LOGIN_MS;
  let watching = true;
  let own: string | undefined;
  const ended = (async () => {
    while (watching) {
      await system.sleep(WATCH_MS);
      if (!watching) break;
      if (readPendingLogin(login.session, system)?.id !== login.id) throw endedElsewhere();
      const token = readToken(login.session, system);
      if (token && token.accessToken !== own && isAnswer(token, login, system)) throw endedElsewhere();
      // The machine's uptime too: the clock may be set back.
      if (system.now() >= deadline || (uptime() - login.startedUptime) * 1000 >= LOGIN_MS)
        throw unanswered(sessionTitle(login.session));
    }
    return new Promise<never>(() => {});
  })();
  ended.catch(() => {});
  return {
    ended,
    expect(accessToken) {
      own = accessToken;
    },
    stop() {
      watching = false;
    },
  };
}

function endedElsewhere(): SsoCredError {
  return new SsoCredError("cancelled", "the sign-in has been ended from elsewhere");
}
