/**
 * Epoch milliseconds by the system's clock, which may be set while this process runs: ahead is believed (a suspended machine
 * wakes up), back is not, since every wait of a run ends at a time. Then time goes on from where it was.
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
