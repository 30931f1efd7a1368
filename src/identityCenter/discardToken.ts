import type { System } from "../platform/system.ts";
import { type IdentityCenter, ServiceError } from "./identityCenter.ts";

const TIMEOUT_MS = 5_000;

/** Revokes a new token that arrived after a logout. Best effort; true if the token is dead. */
export async function discardToken(
  api: Pick<IdentityCenter, "logout">,
  accessToken: string,
  deadline: number,
  system: Pick<System, "now" | "trace">,
): Promise<boolean> {
  try {
    await api.logout(accessToken, { deadline: Math.min(deadline, system.now() + TIMEOUT_MS) });
    return true;
  } catch (error) {
    system.trace.step("the token could not be revoked", { error: String(error) });
    return error instanceof ServiceError && error.needsSignIn;
  }
}
