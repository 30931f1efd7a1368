/** The failures that a caller can act on, and their exit codes, as in README's table. */
export const EXIT_CODE = {
  unexpected: 1,
  usage: 2,
  config: 3,
  "login-required": 4,
  "login-failed": 5,
  "access-denied": 6,
  unavailable: 7,
  findings: 8,
  cancelled: 130,
} as const;

export type ErrorKind = keyof typeof EXIT_CODE;

/** What a person can do about a failure; printed below the message. */
export interface Remedy {
  /** A command line to type. */
  run?: string;
  /** A URL to visit. */
  open?: string;
}

/**
 * The only error class of the program. `message` is a single line without the program's name. It
 * names what failed (file, section, host, account) and never holds a secret. `cause` goes to the
 * trace only.
 */
export class SsoCredError extends Error {
  readonly kind: ErrorKind;
  readonly remedy: Remedy;

  constructor(kind: ErrorKind, message: string, options: { remedy?: Remedy; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SsoCredError";
    this.kind = kind;
    this.remedy = options.remedy ?? {};
  }

  /** The form in state files, which `cache/attempts.ts` reads. */
  toJSON() {
    return { kind: this.kind, message: this.message, remedy: this.remedy };
  }
}

/** A mistake on the command line. The help of `command` shows the correct form. */
export function usageError(message: string, command?: string): SsoCredError {
  const run = command === undefined ? "sso-cred --help" : `sso-cred ${command} --help`;
  return new SsoCredError("usage", message, { remedy: { run } });
}

export function isKind(error: unknown, ...kinds: ErrorKind[]): error is SsoCredError {
  return error instanceof SsoCredError && kinds.includes(error.kind);
}
