import { type Remedy, SsoCredError } from "../errors.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import { printable, printableWithHidden } from "../text/printable.ts";
import { DEFAULT_SCOPES, namedScopes } from "./session.ts";
import { shownUrl } from "./urls.ts";

/** A session's name in messages. A legacy profile has only its start URL. */
export function sessionTitle(session: SessionIdentity): string {
  return printable(session.name ?? shownUrl(session.startUrl), 120);
}

type Located = Pick<SsoSession, "name" | "loginArguments">;

/** `[sso-session corp]`, or the profile of a legacy session. */
export function sectionOf({ name, loginArguments }: Located): string {
  return name === null ? `the profile (${printable(loginArguments)})` : `[sso-session ${printable(name)}]`;
}

/** The advice for a rejection that a wrong setting would explain. The services do not name it. */
export function settingsToCheck(session: Located & Pick<SsoSession, "startUrl" | "region">): string {
  const { startUrl, region } = session;
  return `check sso_start_url (${printable(startUrl, 200)}) and sso_region (${region}) in ${sectionOf(session)}`;
}

/** The same for scopes; undefined if the session names none but the usual one. */
export function scopesToCheck(session: Located & Pick<SsoSession, "scopes">): string | undefined {
  const scopes = session.scopes ?? [];
  if (scopes.every((scope) => DEFAULT_SCOPES.includes(scope))) return undefined;
  const shown = scopes.map((scope) => printableWithHidden(scope)).join(", ");
  return `check sso_registration_scopes (${printable(shown, 200)}) in ${sectionOf(session)}`;
}

/** The scope without which the portal rejects every token; undefined if the session has it. */
export function missingScope(session: Located & Pick<SsoSession, "scopes">): string | undefined {
  const [needed = ""] = DEFAULT_SCOPES;
  const scopes = namedScopes(session);
  if (scopes === undefined || scopes.includes(needed)) return undefined;
  return `sso_registration_scopes in ${sectionOf(session)} lacks ${needed}`;
}

export function loginRemedy({ loginArguments }: Pick<SsoSession, "loginArguments">): Remedy {
  return { run: `sso-cred login ${loginArguments}` };
}

export function loginRequired(session: Pick<SsoSession, "loginArguments">, message: string): SsoCredError {
  return new SsoCredError("login-required", message, { remedy: loginRemedy(session) });
}

/** The error for a rejection that another person's sign-in would explain. */
export function deniedToPerson(message: string, logoutArguments: string, cause?: unknown): SsoCredError {
  const remedy = { run: `sso-cred logout ${logoutArguments}` };
  return new SsoCredError("access-denied", `${message}; signed in as somebody else?`, { remedy, cause });
}

/** The error of a call that needs a sign-in but must not start one; `why` gives the reason. */
export function notSignedIn(session: Located & SessionIdentity, why: string): SsoCredError {
  return loginRequired(session, `nobody is signed in to '${sessionTitle(session)}', and ${why}`);
}
