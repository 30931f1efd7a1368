export type Severity = "error" | "warning" | "note";

/** One thing that `doctor` has to say. The ids are stable and documented in docs/doctor.md. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** What was found, in one sentence without secrets. */
  readonly found: string;
  /** File, line and key, or variable, where it was found. */
  readonly where?: string | undefined;
  /** Why it matters: which clients do what. */
  readonly why: string;
  /** The command that mends it. */
  readonly run?: string | undefined;
  /** What to do where no single command mends it. */
  readonly fix?: string | undefined;
}
