/** With this much life left credentials and tokens are used without a second thought (botocore's advisory window). */
export const FRESH_MS = 15 * 60_000;

/** With this much life left they are still used when nothing better can be had. */
export const USABLE_MS = 60_000;

export function isFresh(expiresAt: number, now: number): boolean {
  return expiresAt - now >= FRESH_MS;
}

export function isUsable(expiresAt: number, now: number): boolean {
  return expiresAt - now >= USABLE_MS;
}

/** What `YYYY` can say. */
const FIRST_YEAR_MS = Date.parse("0000-01-01T00:00:00Z");
const LAST_YEAR_MS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * Epoch milliseconds of a time as any AWS tool writes it: `Z`, `UTC` (AWS CLI before December 2020), an offset or no
 * zone, with or without a fraction. NaN when it is none.
 */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== "string" || text.length > 40) return Number.NaN;
  const parts =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(?:Z|UTC|([+-]\d\d):?(\d\d))?$/i.exec(text);
  if (!parts) return Number.NaN;
  const [, date, time, fraction = "0", hours, minutes] = parts;
  const epochMs = Date.parse(`${date}T${time}.${fraction.slice(0, 3)}${hours ? `${hours}:${minutes}` : "Z"}`);
  return epochMs >= FIRST_YEAR_MS && epochMs <= LAST_YEAR_MS ? epochMs : Number.NaN;
}

/** `YYYY-MM-DDTHH:MM:SSZ`, the one form every SDK reads; a fraction is cut, as the AWS CLI does. */
export function formatTimestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
