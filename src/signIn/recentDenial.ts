import type { SsoCredError } from "../errors.ts";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { readPendingLogin } from "./pendingLogin.ts";

/** The AWS SDKs for JavaScript and Ruby run a helper that failed once more, at once: one "no" is enough for both. */
const COOL_DOWN_MS = 10_000;

/** The failure of a sign-in that was denied within the last ten seconds. */
export function recentDenial(
  session: SsoSession,
  system: Pick<System, "env" | "platform" | "now">,
): SsoCredError | undefined {
  const { failure, deniedAt } = readPendingLogin(session, system) ?? {};
  if (deniedAt === undefined) return undefined;
  const agoMs = system.now() - deniedAt;
  return agoMs >= 0 && agoMs < COOL_DOWN_MS ? failure : undefined;
}
