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
const FIRST_YEAR_MS = -62_167_219_200_000;
const LAST_YEAR_MS = 253_402_300_799_999;

/** As we and the AWS CLI write times; 0 is any digit. */
const CANONICAL = "0000-00-00T00:00:00Z";

/**
 * Epoch milliseconds of a time as any AWS tool writes it: `Z`, `UTC` (AWS CLI before December 2020), an offset or no
 * zone, with or without a fraction. NaN when it is none.
 */
export function parseTimestamp(text: unknown): number {
  if (typeof text !== "string" || text.length > 40) return Number.NaN;
  // Compiling the pattern costs a cache hit a tenth of a millisecond.
  if (isCanonical(text)) return withinYears(Date.parse(text));
  const parts =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(?:Z|UTC|([+-]\d\d):?(\d\d))?$/i.exec(text);
  if (!parts) return Number.NaN;
  const [, date, time, fraction = "0", hours, minutes] = parts;
  return withinYears(
    Date.parse(`${date}T${time}.${fraction.slice(0, 3)}${hours ? `${hours}:${minutes}` : "Z"}`),
  );
}

/**
 * `YYYY-MM-DDTHH:MM:SSZ`, the one form every SDK reads; a fraction is cut, as the AWS CLI does. RangeError for what is
 * no time.
 */
export function formatTimestamp(epochMs: number): string {
  const date = new Date(epochMs);
  const year = date.getUTCFullYear();
  // The first `toISOString` of a process looks up the time zone: 0.2 ms and a file.
  if (!(year >= 0 && year <= 9999)) return `${date.toISOString().slice(0, 19)}Z`;
  const day = `${padded(year, 4)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`;
  const time = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}:${padded(date.getUTCSeconds())}`;
  return `${day}T${time}Z`;
}

function withinYears(epochMs: number): number {
  return epochMs >= FIRST_YEAR_MS && epochMs <= LAST_YEAR_MS ? epochMs : Number.NaN;
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
