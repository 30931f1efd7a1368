/** `in 59 min, 17:44` or `12 min ago, 16:33`: local time, from half a day on with the date. */
export function relativeTime(at: number, now: number): string {
  const length = duration(Math.abs(at - now));
  return `${at >= now ? `in ${length}` : `${length} ago`}, ${localTime(at, now)}`;
}

/** `3 min`; from two hours on in hours, from two days on in days. */
export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

const HALF_DAY_MS = 12 * 60 * 60_000;

function localTime(at: number, now: number): string {
  const date = new Date(at);
  const time = date.toTimeString().slice(0, 5);
  if (Math.abs(at - now) < HALF_DAY_MS) return time;
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${date.getFullYear()}-${month}-${day} ${time}`;
}

/** A refreshable token's end does not matter: it is refreshed until the portal's session ends. */
export function tokenLife(expiresAt: number, isRefreshable: boolean, now: number): string {
  return isRefreshable
    ? "refreshed automatically until your organisation's session ends"
    : `ends ${relativeTime(expiresAt, now)}`;
}
