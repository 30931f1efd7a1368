import { readToken } from "../cache/tokenCache.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { canRefresh } from "../credentials/refreshToken.ts";
import { isKind, SsoCredError } from "../errors.ts";
import type { SsoSession } from "../model.ts";
import { isTerminal, prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { awaitLogin } from "../signIn/awaitLogin.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { startLogin } from "../signIn/changeLogin.ts";
import { chooseGrantForPerson } from "../signIn/chooseGrant.ts";
import { loginInstructions } from "../signIn/loginInstructions.ts";
import { LOGIN_MS } from "../signIn/pendingLogin.ts";
import { tokenLife } from "../text/relativeTime.ts";
import { parseFlags } from "../usage/commandTable.ts";
import type { FlagValues, SIGN_IN_FLAGS } from "../usage/flags.ts";
import { chosenSession } from "./sessionArguments.ts";

export type SignInFlags = FlagValues<typeof SIGN_IN_FLAGS>;

/** The worker gives up before this. */
const LAST_LOOK_MS = 5_000;

/** `sso-cred login`: always asks anew, whatever is cached, held back or under way. */
export async function login(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "login");
  const session = await chosenSession(values, positionals, system);
  const { token } = await signInAnew(session, system, values);
  const life = tokenLife(token.expiresAt, canRefresh(session, token, system.now()), system.now());
  system.writeStdout(prose(1, `Signed in to '${sessionTitle(session)}'; ${life}.\n`));
  return 0;
}

/** Ctrl-C while a person watches a sign-in. The wizard continues after it. */
export class SignInCancelled extends SsoCredError {
  constructor() {
    super("cancelled", "the sign-in was cancelled");
  }
}

/**
 * A sign-in that a person has asked for and watches. The instructions go to stderr, unless it is
 * over before they are needed; their commands begin with `before`. Throws as `awaitLogin`, for
 * Ctrl-C `SignInCancelled`.
 */
export async function signInAnew(session: SsoSession, system: System, flags: SignInFlags, before?: string) {
  const choice = chooseGrantForPerson(session, system, flags["use-device-code"] ?? false);
  const replaces = readToken(session, system)?.accessToken;
  // A person is here, so the back-off ends.
  clearBackoff(session, system);
  const deadline = system.now() + LOGIN_MS + LAST_LOOK_MS;
  const options = { ...choice, browser: choice.browser && !flags["no-browser"], replaces };
  await startLogin(session, { ...options, anew: true }, deadline, system);
  let isShown = false;
  const token = await awaitLogin(
    session,
    {
      deadline,
      replaces,
      start: () => startLogin(session, options, deadline, system),
      show(pending) {
        isShown = true;
        const whom = pending.opened ? "your browser" : "the sign-in";
        system.writeStderr(
          prose(2, `${loginInstructions(pending, before)}\nWaiting for ${whom} … (Ctrl-C cancels)\n`),
        );
      },
    },
    system,
  ).catch((error: unknown) => {
    if (!isKind(error, "cancelled")) throw error;
    // The terminal has shown ^C.
    if (isTerminal(2)) system.writeStderr("\n");
    throw new SignInCancelled();
  });
  return { token, isShown };
}
