import { join } from "node:path";
import { withLockOf } from "../cache/lock.ts";
import { lockIdAt } from "../cache/lockFile.ts";
import { sessionLockPath, tokenKey } from "../cache/stateFile.ts";
import { watchFiles } from "../cache/watchFiles.ts";
import { stateDirectory } from "../hit/paths.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { SsoSession } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { removeFormerRoles } from "../signIn/formerRoles.ts";
import { parseSession } from "../signIn/loginRecord.ts";
import { refreshUnderLock } from "./refreshUnderLock.ts";
import { tokenLookup } from "./tokenLookup.ts";

/*
 * A refresh token is spent by the request, and its successor is in the response. So the request is
 * sent by a detached process, which stores the response even if an SDK or a person ends the caller.
 */

export const REFRESH_FLAG = "--refresh-worker";

/** For the response. Shorter than the 60 s for which a running process may hold a lock. */
const RESPONSE_MS = 50_000;

/**
 * Starts the worker and waits until it holds the session's lock `lockId`. Returns false where no
 * process can be started, or `deadline` (epoch milliseconds) passes first.
 */
export async function startRefreshWorker(
  session: SsoSession,
  lockId: string,
  deadline: number,
  system: System,
): Promise<boolean> {
  const pid = system.startDetached([REFRESH_FLAG, tokenKey(session), lockId]);
  if (pid === undefined) return false;
  const path = sessionLockPath("token", session, system);
  const changes = watchFiles([path], system);
  try {
    while (lockIdAt(path) === lockId) {
      const leftMs = deadline - system.now();
      const isRunning = attempt(() => process.kill(pid, 0), false);
      if (leftMs <= 0 || !isRunning) return false;
      await changes.next(leftMs);
    }
    return true;
  } finally {
    changes.close();
  }
}

/**
 * The detached process: takes the lock over, with the task that `obtainToken` has written into it,
 * refreshes, and records the result.
 */
export async function runRefreshWorker(key: string, lockId: string, system: System): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(key)) return;
  const path = join(stateDirectory(system), "locks", `token-${key}`);
  await withLockOf(system, path, lockId, async ({ session: stored, retryUntil, refusedFingerprint }) => {
    const session = parseSession(stored);
    if (!session || typeof retryUntil !== "number") return;
    const refused = typeof refusedFingerprint === "string" ? refusedFingerprint : undefined;
    const api = identityCenter(session, system);
    const options = { deadline: system.now() + RESPONSE_MS, retryUntil, api };
    try {
      await refreshUnderLock(session, tokenLookup(session, refused, system), options, system);
    } catch (error) {
      system.trace.step("the refresh failed", { error: String(error) });
    }
  });
  removeFormerRoles(system);
}
