const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that no signal may cut in two: Ctrl-C, SIGTERM and SIGHUP take effect after it. A second signal takes effect at
 * once, for people who don't want to wait. SIGKILL cannot be held back.
 */
export async function shieldFromSignals<T>(work: () => Promise<T>): Promise<T> {
  const interruptHandlers = process.listeners("SIGINT");
  let pending: NodeJS.Signals | undefined;
  const hold = (signal: NodeJS.Signals) => {
    if (pending !== undefined) letThrough();
    pending = signal;
  };
  process.removeAllListeners("SIGINT");
  for (const signal of SIGNALS) process.on(signal, hold);
  try {
    return await work();
  } finally {
    letThrough();
  }

  function letThrough(): void {
    for (const signal of SIGNALS) process.removeListener(signal, hold);
    for (const handler of interruptHandlers) {
      if (!process.listeners("SIGINT").includes(handler)) process.once("SIGINT", handler);
    }
    const signal = pending;
    pending = undefined;
    if (signal === undefined) return;
    if (process.listenerCount(signal) > 0) process.emit(signal, signal);
    else process.kill(process.pid, signal);
  }
}
