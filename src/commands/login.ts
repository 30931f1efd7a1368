import { parseArgs } from "node:util";
import { readToken } from "../cache/tokenCache.ts";
import { formatTimestamp } from "../expiry.ts";
import { loginInstructions } from "../login/announce.ts";
import { awaitLogin } from "../login/awaitLogin.ts";
import { chooseGrantForPerson } from "../login/chooseGrant.ts";
import { LOGIN_MS } from "../login/pendingLogin.ts";
import { sessionTitle } from "../login/sessionTitle.ts";
import { endSilence } from "../login/silence.ts";
import { startLogin } from "../login/startLogin.ts";
import type { SsoSession, SsoToken } from "../sso/types.ts";
import type { System } from "../system/system.ts";
import { chosenSession, sessionOptions } from "./sessionArguments.ts";

export const loginOptions = {
  ...sessionOptions,
  "use-device-code": { type: "boolean" },
  "no-browser": { type: "boolean" },
} as const;

/** The worker's own end comes first. */
const LAST_LOOK_MS = 5_000;

/** `sso-cred login`: always asks anew, whatever is cached, silent or under way. */
export async function login(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: loginOptions,
    allowPositionals: true,
  });
  const { session } = await chosenSession(values, positionals, system);
  const token = await signInAnew(session, system, {
    useDeviceCode: values["use-device-code"] ?? false,
    browser: !values["no-browser"],
  });
  const until = formatTimestamp(token.expiresAt);
  system.writeStdout(`Signed in to '${sessionTitle(session)}' until ${until}.\n`);
  return 0;
}

/** A sign-in that a person has asked for and watches: what to do is said on stderr. Throws as `awaitLogin`. */
export async function signInAnew(
  session: SsoSession,
  system: System,
  { useDeviceCode, browser }: { useDeviceCode: boolean; browser: boolean },
): Promise<SsoToken> {
  const choice = chooseGrantForPerson(session, system, useDeviceCode);
  const before = readToken(session, system)?.accessToken;
  const replaces = before === undefined ? {} : { replaces: before };
  // Somebody is there again.
  endSilence(session, system);
  const deadline = system.now() + LOGIN_MS + LAST_LOOK_MS;
  const wish = { ...choice, browser: choice.browser && browser, ...replaces };
  await startLogin(session, { ...wish, anew: true }, deadline, system);
  let shown = "";
  return awaitLogin(
    session,
    {
      deadline,
      ...replaces,
      start: () => startLogin(session, wish, deadline, system),
      show(pending) {
        if (pending.id !== shown) system.writeStderr(`${loginInstructions(pending)}\n`);
        shown = pending.id;
      },
    },
    system,
  );
}
