import { readToken, tokenFileExists } from "../cache/tokenCache.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";

/** How long to wait for another tool that may just have rotated the refresh token. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_EVERY_MS = 100;

/** Waits for another tool, which takes no lock, to replace the token `seen`. Undefined if no new token comes. */
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
