import { parseJsonObject } from "../hit/json.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import type { BusyWait } from "../platform/retryWhileBusy.ts";

export type JsonObject = Record<string, unknown>;

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** No tool writes longer cache files. */
export const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the JSON object in a file that other tools write too. Undefined for anything else (missing,
 * unreadable, a folder, a pipe, empty, half-written, over-long). A complete object that is followed
 * by the rest of a longer, older one counts: some SDKs overwrite in place.
 */
export function readJsonObject(path: string): JsonObject | undefined {
  const text = readSmallFile(path, {});
  return text === undefined ? undefined : (parseJsonObject(text) ?? parseJsonObject(leadingObject(text)));
}

/** The text of a regular file, else undefined. Waits for a locked file only on request. */
export function readSmallFile(path: string, wait: BusyWait = { timeoutMs: 0 }): string | undefined {
  const file = readRegularFile(path, { maxBytes: MAX_FILE_BYTES, ...wait });
  return "fault" in file ? undefined : file.bytes.toString("utf8");
}

/** The text up to the brace that closes the first brace, or the whole text. */
function leadingObject(text: string): string {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted) {
      if (character === "\\") i++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return text.slice(0, i + 1);
  }
  return text;
}
