import { closeSync } from "node:fs";

/** The result of `work`, or `otherwise` if it throws: for facts that a run can do without. */
export function attempt<T, O>(work: () => T, otherwise: O): T | O {
  try {
    return work();
  } catch {
    return otherwise;
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
