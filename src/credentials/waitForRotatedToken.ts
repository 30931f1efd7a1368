import { readToken, tokenFileExists } from "../cache/tokenCache.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";

/** How long another tool, which may have rotated the refresh token, is given to finish writing. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_EVERY_MS = 100;

/** The token that another tool, which knows no lock, writes in place of `seen`; undefined when none comes. */
export async function waitForRotatedToken(
  session: SsoSession,
  seen: SsoToken | undefined,
  isGood: (token: SsoToken | undefined) => boolean,
  deadline: number,
  system: System,
): Promise<SsoToken | undefined> {
  for (const giveUpAt = Math.min(system.now() + LOOK_AGAIN_MS, deadline); system.now() < giveUpAt; ) {
    const there = readToken(session, system);
    if (there?.accessToken !== seen?.accessToken && isGood(there)) return there;
    if (!tokenFileExists(session, system)) return undefined;
    await system.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}
