import { statSync } from "node:fs";
import { removeIfPossible } from "../cache/folder.ts";
import { readStateFile, writeStateFile } from "../cache/stateFile.ts";
import { sessionStatePath } from "../cache/statePaths.ts";
import { tokenPath } from "../cache/tokenCache.ts";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";

const FIRST_MS = 15 * 60_000;
const LONGEST_MS = 4 * 3_600_000;

type Environment = Pick<System, "env" | "platform" | "now">;

/**
 * Until when (epoch milliseconds) no browser is opened by itself, because nobody answered the last one; undefined when one may
 * be. Any token written since, by whichever tool, ends it.
 */
export function backoffUntil(session: SsoSession, system: Environment): number | undefined {
  const silence = readSilence(session, system);
  return silence && silence.at <= system.now() && silence.until > system.now() ? silence.until : undefined;
}

/** After a sign-in that nobody answered: 15 minutes, doubling up to 4 hours. Best effort. */
export function recordUnanswered(session: SsoSession, system: Environment): void {
  const count = (readSilence(session, system)?.count ?? 0) + 1;
  const until = system.now() + Math.min(FIRST_MS * 2 ** (count - 1), LONGEST_MS);
  try {
    writeStateFile(sessionStatePath("silence", session, system), { at: system.now(), until, count });
  } catch {
    // A disk that takes nothing: the next call asks again.
  }
}

/** Best effort: a token that is newer ends it as well. */
export function clearBackoff(session: SsoSession, system: Environment): void {
  removeIfPossible(sessionStatePath("silence", session, system));
}

/** The last unanswered sign-in and how many there were in a row; none where a token is newer. */
function readSilence(
  session: SsoSession,
  system: Environment,
): { at: number; until: number; count: number } | undefined {
  const state = readStateFile(sessionStatePath("silence", session, system));
  const { at, until, count } = state ?? {};
  if (typeof at !== "number" || typeof until !== "number" || typeof count !== "number") return undefined;
  const token = statSync(tokenPath(session, system), { throwIfNoEntry: false });
  return token && token.mtimeMs > at ? undefined : { at, until, count };
}
