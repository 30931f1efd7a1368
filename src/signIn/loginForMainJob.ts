import { sessionTitle } from "../config/describeSession.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import { callerProcess } from "../platform/callerProcess.ts";
import type { System } from "../platform/system.ts";
import { awaitLogin, type LoginWait } from "./awaitLogin.ts";
import { backoffFailure } from "./backoff.ts";
import { startLogin } from "./changeLogin.ts";
import { cannotAsk, chooseGrant } from "./chooseGrant.ts";
import { loginInstructions, openElsewhere } from "./loginInstructions.ts";
import { claim, type PendingLogin } from "./pendingLogin.ts";

/**
 * The sign-in of a call made by an SDK: joins an open one or starts one, writes only to the
 * terminal device, and obeys the back-off. Throws as `awaitLogin`, and `login-required` where
 * nobody may be asked.
 */
export async function loginForMainJob(
  session: SsoSession,
  { deadline, replaces }: Pick<LoginWait, "deadline" | "replaces">,
  system: System,
): Promise<SsoToken> {
  const choice = chooseGrant(session, system);
  if (choice.grant === "never") throw cannotAsk(session, choice.why, system);
  return awaitLogin(
    session,
    {
      deadline,
      replaces,
      start() {
        const failure = backoffFailure(session, choice, system);
        if (failure) throw failure;
        const caller = callerProcess(system.platform);
        return startLogin(session, { ...choice, caller, replaces }, deadline, system);
      },
      show: (login) => show(login, system),
    },
    system,
  );
}

/**
 * Announces the sign-in once on each terminal. Throws if there is neither a terminal nor a browser,
 * because then nobody could respond.
 */
function show(login: PendingLogin, system: System): void {
  const terminal = system.terminal();
  if (terminal) {
    if (claim(login, `announced-${terminal.id}`, system)) {
      // The terminal belongs to another program, so a blank line on either side sets the text
      // apart.
      terminal.write(`\n${loginInstructions(login)}\n`.replaceAll("\n", "\r\n"));
    }
  } else if (!login.opened) {
    throw openElsewhere(login, `sign in to '${sessionTitle(login.session)}', then call again`);
  }
}
