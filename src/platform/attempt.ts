import { closeSync } from "node:fs";
import type { System } from "./system.ts";

/** Returns the result of `work`, or `otherwise` if it throws. For facts that are optional. */
export function attempt<T, O = undefined>(work: () => T, otherwise?: O): T | O {
  try {
    return work();
  } catch {
    return otherwise as O;
  }
}

/** Runs `work`. A failure does not affect the run; the trace records it as `what`. */
export function bestEffort(what: string, { trace }: Pick<System, "trace">, work: () => void): void {
  try {
    work();
  } catch (error) {
    trace.step(what, { error: String(error) });
  }
}

/** Returns the result of `use` and closes the descriptor, also after an error. */
export function closing<T>(fd: number, use: (fd: number) => T): T {
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
