const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that no signal may interrupt: Ctrl-C, SIGTERM and SIGHUP take effect after it. A second signal takes
 * effect at once, for people who don't want to wait. SIGKILL cannot be held back. If SIGTERM or SIGHUP already has a
 * handler (`exec` forwards them), it does not end the work and is left alone.
 */
export async function shieldFromSignals<T>(work: () => Promise<T>): Promise<T> {
  // Raw listeners, so that a listener added by `once` is restored as such.
  const interruptHandlers = process.rawListeners("SIGINT") as NodeJS.SignalsListener[];
  const held = SIGNALS.filter((signal) => signal === "SIGINT" || process.listenerCount(signal) === 0);
  let pending: NodeJS.Signals | undefined;
  const hold = (signal: NodeJS.Signals) => {
    if (pending !== undefined) letThrough();
    pending = signal;
  };
  process.removeAllListeners("SIGINT");
  for (const signal of held) process.on(signal, hold);
  try {
    return await work();
  } finally {
    letThrough();
  }

  function letThrough(): void {
    for (const signal of held) process.removeListener(signal, hold);
    for (const handler of interruptHandlers) {
      if (!process.rawListeners("SIGINT").includes(handler)) process.on("SIGINT", handler);
    }
    const signal = pending;
    pending = undefined;
    if (signal === undefined) return;
    if (process.listenerCount(signal) > 0) process.emit(signal, signal);
    else process.kill(process.pid, signal);
  }
}
