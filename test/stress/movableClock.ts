import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Debian's path, by architecture. */
const LIBRARIES = ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`);

/** The library libfaketime, if it is installed. */
export function faketime(): string | undefined {
  return LIBRARIES.find((path) => existsSync(path));
}

/**
 * A clock for the processes that are started with `env`, without effect on timers and file times.
 * It can be set while they run.
 */
export function movableClock(
  library: string,
  folder: string,
): { env: Record<string, string>; set(hours: number): void } {
  const file = join(folder, "clock");
  function set(hours: number): void {
    // Written in one step, because the library may read it at any moment.
    writeFileSync(`${file}.new`, `${offset(hours)}\n`);
    renameSync(`${file}.new`, file);
  }
  set(0);
  const env = { ...realTimers(library), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1" };
  return { env, set };
}

/** A clock that is so many hours ahead or behind from the start. */
export function wrongClock(library: string, hoursAhead: number): Record<string, string> {
  return { ...realTimers(library), FAKETIME: offset(hoursAhead) };
}

function realTimers(library: string): Record<string, string> {
  return { LD_PRELOAD: library, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

function offset(hours: number): string {
  return `${hours < 0 ? "" : "+"}${hours}h`;
}
