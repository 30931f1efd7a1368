import { SsoCredError, usageError } from "../errors.ts";
import { isAccountId } from "../model.ts";
import { printableWithHidden } from "../text/printable.ts";
import { parseFlags } from "../usage/commandTable.ts";

/** Flags that exclude most others. The list of each names the flags that may accompany it. */
const EXCLUSIVE = { revert: [], repair: [], "session-only": ["start-url", "sso-region", "scopes"] } as const;
const WITH_ANY = ["sso-session", "command", "yes", "dry-run", "json"];

export type InitFlags = ReturnType<typeof readFlags>;

/** @throws SsoCredError("usage") for meaningless values and for two sessions. */
export function readFlags(args: readonly string[]) {
  const { values, positionals } = parseFlags(args, "init");
  const session = values["sso-session"] ?? positionals[0];
  if (positionals.length > (values["sso-session"] === undefined ? 1 : 0)) {
    throw usageError("name one session", "init");
  }
  const accountId = values["account-id"];
  if (accountId !== undefined && !isAccountId(accountId)) {
    const message = `--account-id ${printableWithHidden(accountId)}: an account id has 12 digits`;
    throw new SsoCredError("usage", message);
  }
  for (const [flag, partners] of Object.entries(EXCLUSIVE)) {
    if (!values[flag as keyof typeof EXCLUSIVE]) continue;
    const other = Object.keys(values).find(
      (name) => name !== flag && ![...partners, ...WITH_ANY].includes(name),
    );
    if (other !== undefined) throw new SsoCredError("usage", `--${flag} cannot be combined with --${other}`);
  }
  return { ...values, session };
}

/** One profile, many, or upkeep: `--adopt` and `--prune` alone add no profiles. */
export function modeOf(flags: InitFlags) {
  const { "account-id": accountId, "role-name": roleName } = flags;
  const isMany = (flags.all ?? false) || flags.accounts !== undefined || flags.roles !== undefined;
  const asksForProfile =
    isMany || accountId !== undefined || roleName !== undefined || flags["profile-name"] !== undefined;
  return {
    accountId,
    roleName,
    isMany,
    isUpkeep: ((flags.prune ?? false) || (flags.adopt ?? false)) && !asksForProfile,
  };
}
