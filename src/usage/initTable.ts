import type { Flag } from "./flag.ts";

export const REFRESH_FLAG: Flag = {
  name: "refresh",
  help: "ask for accounts and roles anew, even where a listing of the last 10 minutes is kept",
};

/** The flags of `init`, without those of the sign-in. */
export const INIT_FLAGS: readonly Flag[] = [
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
  {
    name: "accounts",
    value: "GLOB",
    help: "only these accounts, by name or id; repeatable; !GLOB leaves out",
  },
  { name: "roles", value: "GLOB", help: "only these roles; repeatable; !GLOB leaves out" },
  {
    name: "adopt",
    help: "turn the session's sso_* profiles, and those of granted, aws-vault, aws-sso-util and aws-sso, into credential_process profiles of the same names",
  },
  { name: "revert", help: "undo the adoption, of all sessions or of this one; needs no sign-in" },
  { name: "repair", help: "only bring this program's path in the profiles up to date" },
  { name: "session-only", help: "only write the [sso-session], without a sign-in" },
  { name: "prune", help: "remove the session's profiles whose role is not assigned any more" },
  REFRESH_FLAG,
  {
    name: "command",
    value: "COMMAND",
    help: "what to write instead of this program's path, like sso-cred",
  },
  { name: "yes", help: "take the default wherever there is one" },
  { name: "dry-run", help: "print the plan as a diff, write nothing" },
  { name: "json", help: "print the plan as JSON" },
  {
    name: "sso-session",
    value: "NAME",
    kind: "session",
    help: "the session, for names that look like a flag",
  },
];
