import { isatty } from "node:tty";
import { readRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { isKind } from "../errors.ts";
import { isFresh } from "../hit/expiry.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { SessionRole } from "../model.ts";
import type { System } from "../platform/system.ts";
import type { SignInFlags } from "./login.ts";
import { tokenFor } from "./openPortal.ts";

const DEADLINE_MS = 60_000;

/**
 * Role credentials for a command that a person runs. At a terminal, signs in first if needed, as
 * `login` does. Elsewhere behaves like the main job and throws the same errors.
 */
export async function credentialsForPerson(role: SessionRole, flags: SignInFlags, system: System) {
  const cached = readRoleCredentials(role, system);
  if (cached && isFresh(cached.expiration, system.now())) return cached;
  // Nothing is read from stdin, so it may be a pipe.
  if (isatty(2) && system.terminal() !== undefined) await signInFirst(role, flags, system);
  return obtainRoleCredentials(role, system.now() + DEADLINE_MS, system);
}

async function signInFirst({ session }: SessionRole, flags: SignInFlags, system: System): Promise<void> {
  try {
    await tokenFor(session, { isAttended: true, flags }, [], identityCenter(session, system), system);
  } catch (error) {
    // The cached credentials may still be usable.
    if (!isKind(error, "unavailable")) throw error;
  }
}
