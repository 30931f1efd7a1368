/** With this much time left, nothing is refreshed yet (botocore's advisory refresh window). */
export const FRESH_MS = 15 * 60_000;

/** Credentials with at least this much time left are used if no better ones can be obtained. */
export const USABLE_MS = 60_000;

export function isFresh(expiresAt: number, now: number): boolean {
  return expiresAt - now >= FRESH_MS;
}

export function isUsable(expiresAt: number, now: number): boolean {
  return expiresAt - now >= USABLE_MS;
}

/** The years that `YYYY` can express. */
const FIRST_YEAR_MS = -62_167_219_200_000;
const LAST_YEAR_MS = 253_402_300_799_999;

/** The form that this program and the AWS CLI write; 0 stands for any digit. */
const CANONICAL = "0000-00-00T00:00:00Z";

/**
 * Epoch milliseconds of a timestamp in any form that AWS tools write: `Z`, `UTC` (AWS CLI before
 * December 2020), an offset or no zone, with or without a fraction. NaN for anything else.
 */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== "string" || text.length > 40) return Number.NaN;
  // Compiling the pattern below would cost a cache hit 0.1 ms.
  if (isCanonical(text)) return Date.parse(text);
  const parts =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(?:Z|UTC|([+-]\d\d):?(\d\d))?$/i.exec(text);
  if (!parts) return Number.NaN;
  const [, date, time, fraction = "0", hours, minutes] = parts;
  const zone = hours ? `${hours}:${minutes}` : "Z";
  const at = Date.parse(`${date}T${time}.${fraction.slice(0, 3)}${zone}`);
  // An offset can move the time into a year that `YYYY` cannot express.
  return at >= FIRST_YEAR_MS && at <= LAST_YEAR_MS ? at : Number.NaN;
}

/**
 * `YYYY-MM-DDTHH:MM:SSZ`, the one form that every SDK reads. Fractions are dropped, as the AWS CLI
 * does. Throws a RangeError for NaN.
 */
export function formatTimestamp(epochMs: number): string {
  const date = new Date(epochMs);
  const year = date.getUTCFullYear();
  // The first `toISOString` of a process reads the time zone file, which takes 0.2 ms.
  if (!(year >= 0 && year <= 9999)) return `${date.toISOString().slice(0, 19)}Z`;
  const day = `${padded(year, 4)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`;
  const time = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}:${padded(date.getUTCSeconds())}`;
  return `${day}T${time}Z`;
}

function isCanonical(text: string): boolean {
  if (text.length !== CANONICAL.length) return false;
  for (let i = 0; i < CANONICAL.length; i++) {
    const found = text[i] as string;
    if (CANONICAL[i] === "0" ? found < "0" || found > "9" : found !== CANONICAL[i]) return false;
  }
  return true;
}

function padded(value: number, digits = 2): string {
  return String(value).padStart(digits, "0");
}
