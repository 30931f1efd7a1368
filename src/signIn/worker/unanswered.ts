import { SsoCredError } from "../../errors.ts";

const UNANSWERED = "unanswered";

/** The sign-in ran out of time with nobody there. */
export function unanswered(sessionName: string): SsoCredError {
  return new SsoCredError("login-failed", `nobody answered the sign-in to '${sessionName}' in time`, {
    cause: UNANSWERED,
  });
}

export function isUnanswered(error: unknown): boolean {
  return error instanceof SsoCredError && error.cause === UNANSWERED;
}
