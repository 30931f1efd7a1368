/** A time as people read it: `17:44 (in 59 min)`, with the date if it is not today. Epoch milliseconds. */
export function localTime(time: number, now: number): string {
  const date = new Date(time);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  const isToday = new Date(now).toDateString() === date.toDateString();
  const day = isToday ? "" : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} `;
  return `${day}${clock} (${relative(time - now)})`;
}

function relative(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const span =
    minutes < 120
      ? `${minutes} min`
      : minutes < 48 * 60
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`;
  return ms < 0 ? `${span} ago` : `in ${span}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
