import { tokenMark } from "../cache/tokenCache.ts";
import { isUsable } from "../hit/expiry.ts";
import type { SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { isClaimed, type PendingLogin } from "./pendingLogin.ts";

/**
 * Whether a token is what the sign-in was begun for: any usable one where nobody was signed in, else only one that came from a
 * sign-in. Whoever refreshes the token meanwhile leaves the mark `refreshed-…` first.
 */
export function isAnswer(
  token: SsoToken,
  login: PendingLogin | undefined,
  system: Pick<System, "env" | "platform" | "now">,
): boolean {
  if (!isUsable(token.expiresAt, system.now())) return false;
  if (login?.replaces === undefined) return true;
  const which = tokenMark(token.accessToken);
  return which !== login.replaces && !isClaimed(login, `refreshed-${which}`, system);
}
