/** The kinds of words on the command line, for completion. */
export type Kind =
  | "session"
  | "profile"
  | "account"
  | "role"
  | "shell"
  | "completionShell"
  | "command"
  | "other";

export interface Flag {
  readonly name: string;
  /** The value's name in help texts; a flag without one takes no value. */
  readonly value?: string;
  /** The kind of the value; `other` by default. */
  readonly kind?: Kind;
  readonly help: string;
}
