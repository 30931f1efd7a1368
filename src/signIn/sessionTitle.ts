import type { SsoSession } from "../model.ts";
import { printable } from "../text/printable.ts";

/** The session's name for people; a legacy profile has only its start URL. */
export function sessionTitle(session: Pick<SsoSession, "name" | "startUrl">): string {
  return printable(session.name ?? session.startUrl, 120);
}
