import { closeSync } from "node:fs";
import type { System } from "./system.ts";

/** The result of `work`, or `otherwise` if it throws: for facts that a run can do without. */
export function attempt<T, O = undefined>(work: () => T, otherwise?: O): T | O {
  try {
    return work();
  } catch {
    return otherwise as O;
  }
}

/** Runs `work`. A failure does no harm to the run: the trace tells it as `what`. */
export function bestEffort(what: string, { trace }: Pick<System, "trace">, work: () => void): void {
  try {
    work();
  } catch (error) {
    trace.step(what, { error: String(error) });
  }
}

/** The result of `use`, after which the descriptor is closed in any case. */
export function closing<T>(fd: number, use: (fd: number) => T): T {
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
