export type Severity = "error" | "warning" | "note";

/** A result of `doctor`. The ids are stable and documented in docs/doctor.md. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** What was found, in one sentence without secrets. */
  readonly found: string;
  /** The file with line and key, or the variable, that it is about. */
  readonly where?: string | undefined;
  /** The consequence: which clients do what. */
  readonly why: string;
  /** The command that fixes it. */
  readonly run?: string | undefined;
  /** What to do if no single command fixes it. */
  readonly fix?: string | undefined;
}
