import type { Keys } from "../../config/ini.ts";
import type { Assignment, Role } from "../../model.ts";

/** The program that the profiles run. */
export interface CommandOptions {
  /** The first word of `credential_process`. */
  readonly command: string;
  /** True for `--command`: other commands in our profiles are outdated, also bare names. */
  readonly isCommandGiven: boolean;
  readonly platform: NodeJS.Platform;
}

/** The session as it is in the config, or as this run will write it. */
export interface SessionKeys {
  readonly session: string;
  /** The given keys of `[sso-session]`. A different value in the file is an error. */
  readonly sessionKeys: Keys;
}

/** What a person asked for by answers and flags; nothing from the file itself. */
export interface InitOptions extends CommandOptions, SessionKeys {
  /** The roles that get a profile. */
  readonly wanted: readonly Assignment[];
  /** Undefined: `ACCOUNTID_ROLE`, but a role that already has a profile of ours keeps its name. */
  readonly nameTemplate?: string | undefined;
  readonly region: string;
  readonly output: string;
  /** The profiles to adopt, by name. */
  readonly adopt: "all" | readonly string[];
  /** Profiles of other roles are removed. Undefined: nothing is removed. */
  readonly keepOnly?: readonly Role[] | undefined;
}
