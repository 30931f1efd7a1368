import type { SessionIdentity } from "../model.ts";
import { printable } from "../text/printable.ts";

/** The session's name for people; a legacy profile has only its start URL. */
export function sessionTitle(session: SessionIdentity): string {
  return printable(session.name ?? session.startUrl, 120);
}
