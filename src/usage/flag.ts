/** What a word of the command line stands for, as completion offers it. */
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
  /** Of the value; `other` unless given. */
  readonly kind?: Kind;
  readonly help: string;
}
