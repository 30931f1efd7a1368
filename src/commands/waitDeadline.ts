import { SsoCredError } from "../errors.ts";
import { waitBudgetSeconds } from "../hit/waitBudget.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";

/** The end of a main-job run in epoch milliseconds: `SSO_CRED_WAIT` seconds after the start of the process. */
export function waitDeadline(system: Pick<System, "env" | "startedAt">): number {
  const seconds = waitBudgetSeconds(system.env);
  if (!Number.isNaN(seconds)) return system.startedAt + seconds * 1000;
  const given = printable(system.env.SSO_CRED_WAIT ?? "", 40);
  throw new SsoCredError("usage", `SSO_CRED_WAIT is ${given}; it takes seconds, 0 to 3600`);
}
