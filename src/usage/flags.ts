/** The kinds of words on the command line, for completion. */
export type Kind = "session" | "profile" | "account" | "role" | "shell" | "completionShell" | "command";

export interface Flag {
  readonly name: string;
  /** The value's name in help texts; a flag without one takes no value. */
  readonly value?: string;
  /** The kind of the value, if it can be completed. */
  readonly kind?: Kind;
  /** True if the flag may be given several times; `help` says so as well. */
  readonly isRepeatable?: true;
  readonly help: string;
}

export const SHELLS = ["bash", "zsh", "sh", "fish", "powershell", "cmd"] as const;

const SESSION_NAME = {
  name: "sso-session",
  value: "NAME",
  kind: "session",
  help: "the session, for names that look like a flag",
} as const;

export const SESSION_FLAGS = [
  { name: "profile", value: "NAME", kind: "profile", help: "the session of a profile" },
  SESSION_NAME,
] as const;

export const ROLE_FLAGS = [
  { name: "account-id", value: "ID", kind: "account", help: "the account, 12 digits" },
  { name: "role-name", value: "ROLE", kind: "role", help: "the role" },
  SESSION_NAME,
  { name: "profile", value: "NAME", kind: "profile", help: "session, account and role of a profile" },
] as const;

export const SIGN_IN_FLAGS = [
  { name: "use-device-code", help: "sign in with a code, on any device" },
  { name: "no-browser", help: "only print the address" },
] as const;

const SELECTION_FLAGS = [
  {
    name: "accounts",
    value: "GLOB",
    isRepeatable: true,
    help: "only these accounts, by name or id; repeatable; !GLOB leaves out",
  },
  {
    name: "roles",
    value: "GLOB",
    isRepeatable: true,
    help: "only these roles; repeatable; !GLOB leaves out",
  },
] as const;

const REFRESH_FLAG = {
  name: "refresh",
  help: "ask the portal again instead of using a listing of the last 10 minutes",
} as const;

export const MAIN_FLAGS = [
  ...ROLE_FLAGS,
  { name: "json", help: "print the document on a terminal, too" },
] as const;

export const INIT_FLAGS = [
  { name: "start-url", value: "URL", help: "of a new session: the address of the access portal" },
  { name: "sso-region", value: "REGION", help: "of a new session: the region of Identity Center" },
  { name: "scopes", value: "LIST", help: "of a new session: registration scopes, separated by commas" },
  { name: "account-id", value: "ID", kind: "account", help: "of one profile: the account" },
  { name: "role-name", value: "ROLE", kind: "role", help: "of one profile: the role" },
  { name: "region", value: "REGION", help: "of the new profiles" },
  { name: "output", value: "FORMAT", help: "of the new profiles" },
  {
    name: "profile-name",
    value: "NAME",
    help: "or a template: {account_name} {account_id} {role_name} {session}",
  },
  { name: "all", help: "a profile for every account and role" },
  ...SELECTION_FLAGS,
  {
    name: "adopt",
    help: "turn the session's sso_* profiles, and those of granted, aws-vault, aws-sso-util and aws-sso, into credential_process profiles of the same names",
  },
  { name: "revert", help: "undo the adoption, of all sessions or of this one; needs no sign-in" },
  { name: "repair", help: "only update this program's path in the profiles" },
  { name: "session-only", help: "only write the [sso-session], without a sign-in" },
  { name: "prune", help: "remove the session's profiles whose role is no longer assigned" },
  REFRESH_FLAG,
  {
    name: "command",
    value: "COMMAND",
    help: "what to write instead of this program's path, such as sso-cred",
  },
  { name: "yes", help: "accept every default" },
  { name: "dry-run", help: "print the plan as a diff, write nothing" },
  { name: "json", help: "print the plan as JSON" },
  SESSION_NAME,
  ...SIGN_IN_FLAGS,
] as const;

export const LOGIN_FLAGS = [...SESSION_FLAGS, ...SIGN_IN_FLAGS] as const;

export const LOGOUT_FLAGS = [
  ...SESSION_FLAGS,
  { name: "all", help: "every session, like aws sso logout" },
] as const;

export const LIST_FLAGS = [
  ...SESSION_FLAGS,
  ...SELECTION_FLAGS,
  REFRESH_FLAG,
  { name: "json", help: "an array with an object for each role" },
  ...SIGN_IN_FLAGS,
] as const;

export const STATUS_FLAGS = [
  ...SESSION_FLAGS,
  { name: "json", help: "an array with an object for each session" },
] as const;

export const DOCTOR_FLAGS = [
  ...SESSION_FLAGS,
  { name: "offline", help: "contact no service" },
  { name: "json", help: "an array with an object for each finding" },
] as const;

export const EXEC_FLAGS = [
  ...ROLE_FLAGS,
  { name: "serve", help: "serve the credentials on 127.0.0.1" },
  ...SIGN_IN_FLAGS,
] as const;

export const ENV_FLAGS = [
  ...ROLE_FLAGS,
  {
    name: "shell",
    value: "NAME",
    kind: "shell",
    help: `${SHELLS.join(", ")}; by default that of the caller`,
  },
  { name: "unset", help: "print lines that unset the variables" },
  { name: "force", help: "print even to a terminal, where the secrets stay in the scrollback" },
  ...SIGN_IN_FLAGS,
] as const;

export const CONSOLE_FLAGS = [
  ...ROLE_FLAGS,
  { name: "destination", value: "URL", help: "a page of the AWS console" },
  { name: "print", help: "print the address instead of opening it" },
] as const;
