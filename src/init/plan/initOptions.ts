import type { Assignment } from "../../inventory/assignment.ts";
import type { Role } from "../../model.ts";

/** What the person wants in the file; answers and flags, nothing of the file itself. */
export interface InitOptions {
  readonly session: string;
  /** Keys of `[sso-session]` that were given; one that stands there with another value is a contradiction. */
  readonly sessionKeys: ReadonlyMap<string, string>;
  /** Each of them gets a profile. */
  readonly wanted: readonly Assignment[];
  /** Undefined: `ACCOUNTID_ROLE`, and a role that has a profile of ours keeps that one's name. */
  readonly nameTemplate: string | undefined;
  readonly region: string;
  readonly output: string;
  /** The first word of `credential_process`. */
  readonly command: string;
  /** True for `--command`: then every other way of writing the program's name is out of date. */
  readonly isCommandGiven: boolean;
  readonly platform: NodeJS.Platform;
  /** The profiles of the AWS CLI's or another tool's kind that become ours. */
  readonly adopt: "all" | readonly string[];
  /** Every role that is or may be assigned; profiles of others are removed. Undefined: nothing is removed. */
  readonly keepOnly: readonly Role[] | undefined;
}

export interface Files {
  readonly configPath: string;
  readonly configText: string;
  readonly credentialsPath: string;
  readonly credentialsText: string;
}
