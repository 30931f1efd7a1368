import { SsoCredError } from "../errors.ts";
import type { System } from "../system/system.ts";
import { printable } from "../text.ts";

/** The Go SDK kills its helper after 60 s. */
const DEFAULT_WAIT_SECONDS = 50;
const LONGEST_WAIT_SECONDS = 3_600;

/** Until when (epoch milliseconds) a main-job run may last: `SSO_CRED_WAIT` seconds from the start of the process. */
export function waitDeadline(system: Pick<System, "env" | "startedAt">): number {
  const text = system.env.SSO_CRED_WAIT;
  const seconds = text ? Number(text) : DEFAULT_WAIT_SECONDS;
  if (text && !(/^\d{1,5}(\.\d{1,3})?$/.test(text) && seconds <= LONGEST_WAIT_SECONDS)) {
    throw new SsoCredError("usage", `SSO_CRED_WAIT is ${printable(text, 40)}; it takes seconds, 0 to 3600`);
  }
  return system.startedAt + seconds * 1000;
}
