import type { SsoSession } from "../model.ts";
import { printable } from "../text/printable.ts";

/** What people know the session by: its name, or a legacy profile's start URL. */
export function sessionTitle(session: Pick<SsoSession, "name" | "startUrl">): string {
  return printable(session.name ?? session.startUrl, 120);
}
