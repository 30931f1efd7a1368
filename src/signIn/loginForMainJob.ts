import { SsoCredError } from "../errors.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import { callerProcess } from "../platform/callerProcess.ts";
import type { System } from "../platform/system.ts";
import { announce } from "./announce.ts";
import { awaitLogin, openElsewhere } from "./awaitLogin.ts";
import { backoffUntil } from "./backoff.ts";
import { chooseGrant } from "./chooseGrant.ts";
import { mark, type PendingLogin } from "./pendingLogin.ts";
import { recentDenial } from "./recentDenial.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { startLogin } from "./startLogin.ts";

export interface MainJobLogin {
  /** Epoch milliseconds: the SDK that called us does not wait for ever. */
  deadline: number;
  /** An access token that the portal refused. */
  replaces?: string;
}

/**
 * The sign-in of a call that an SDK made: joins the one under way or starts it, speaks to the person on the terminal device only, and
 * keeps quiet after a sign-in that nobody answered. Throws as `awaitLogin`, and `login-required` where nobody may be asked.
 */
export async function loginForMainJob(
  session: SsoSession,
  { deadline, replaces }: MainJobLogin,
  system: System,
): Promise<SsoToken> {
  const title = sessionTitle(session);
  const remedy = { run: `sso-cred login ${session.loginArguments}` };
  const choice = chooseGrant(session, system);
  if (choice.grant === "never") {
    throw new SsoCredError("login-required", `nobody is signed in to '${title}', and ${choice.why}`, {
      remedy,
    });
  }
  const wish = { grant: choice.grant, browser: choice.browser };
  let shown = "";
  return awaitLogin(
    session,
    {
      deadline,
      ...(replaces === undefined ? {} : { replaces }),
      start() {
        const denial = recentDenial(session, system);
        if (denial) throw denial;
        const until = choice.browser ? backoffUntil(session, system) : undefined;
        if (until !== undefined) {
          const message = `nobody answered the last sign-in to '${title}', so no browser is opened by itself until ${clock(until)}`;
          throw new SsoCredError("login-required", message, { remedy });
        }
        const asker = callerProcess(system.platform);
        return startLogin(
          session,
          { ...wish, ...(asker ? { asker } : {}), ...(replaces === undefined ? {} : { replaces }) },
          deadline,
          system,
        );
      },
      show(login) {
        if (login.id !== shown) show(login, title, system);
        shown = login.id;
      },
    },
    system,
  );
}

/** Once for each terminal; without one, and with no browser either, waiting would be in vain. */
function show(login: PendingLogin, title: string, system: System): void {
  const terminal = system.terminal();
  if (terminal) {
    if (mark(login, `told-${terminal.id}`, system)) announce(login, terminal);
  } else if (!login.opened) {
    throw openElsewhere(login, `sign in to '${title}', then call again`);
  }
}

function clock(epochMs: number): string {
  return new Date(epochMs).toTimeString().slice(0, 5);
}
