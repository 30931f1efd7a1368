/**
 * Epoch milliseconds that never run backwards. A clock set forward is followed (it may be a machine that woke up). A clock
 * set back is not, because every wait ends at a point in time; time then continues from its last value.
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
