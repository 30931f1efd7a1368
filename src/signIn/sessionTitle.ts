import type { SessionIdentity } from "../model.ts";
import { printable } from "../text/printable.ts";

/** A session's name in messages. A legacy profile has only its start URL. */
export function sessionTitle(session: SessionIdentity): string {
  return printable(session.name ?? session.startUrl, 120);
}
