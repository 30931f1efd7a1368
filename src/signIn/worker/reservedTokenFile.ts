import { prepareReplacement } from "../../cache/replaceFile.ts";
import { tokenPath } from "../../cache/tokenCache.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";

/** Several times a token file of the service's. */
const ROOM_BYTES = 16_384;

/** Disk space that waits for the token. */
export interface ReservedTokenFile {
  /** Just before the token is written; harmless afterwards. */
  free(): void;
}

/**
 * Keeps space for the session's token during `work`: a full or read-only disk shows before a person is asked, and one that
 * fills up while they think does not cost them the answer. Throws the system's error, with the token file as its `path`.
 */
export async function withReservedTokenFile<T>(
  session: SsoSession,
  system: Pick<System, "env" | "platform">,
  work: (room: ReservedTokenFile) => Promise<T>,
): Promise<T> {
  const replacement = prepareReplacement(tokenPath(session, system), ROOM_BYTES);
  try {
    return await work({ free: () => replacement.abandon() });
  } finally {
    replacement.abandon();
  }
}
