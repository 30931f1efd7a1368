/**
 * Epoch milliseconds that never run backwards. If the clock is set forward, time follows it: the
 * machine may have slept. If the clock is set back, time continues from its last value, because
 * every wait ends at a point in time.
 */
export function steadyClock(): () => number {
  let last = 0;
  let lastUptime = process.uptime();
  return () => {
    const uptime = process.uptime();
    const clock = Date.now();
    last = clock >= last ? clock : last + (uptime - lastUptime) * 1000;
    lastUptime = uptime;
    return Math.floor(last);
  };
}
