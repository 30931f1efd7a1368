import type { Front } from "../platform/installation.ts";
import type { ConfigText } from "./configFile.ts";

/** A command line's first word, as some profiles have it. */
export interface CommandFacts {
  readonly command: string;
  readonly where: string;
  readonly profiles: readonly string[];
  readonly isAbsolute: boolean;
  /** True where shlex and a shell (sh, on Windows cmd) read the line differently. */
  readonly splitsDifferently: boolean;
  readonly state: "runs" | "missing" | "not executable";
  /** What `--version` of it says; undefined for this very program, and where it says nothing. */
  readonly version?: string | undefined;
}

/** A cache or state file or folder that is not as it should be. */
export interface PathFacts {
  readonly path: string;
  readonly problem: "owner" | "mode" | "not writable" | "leftover";
  /** The owner's name or number, the mode in octal, or the error's code. */
  readonly detail: string;
}

export interface SessionFacts {
  /** As messages name it: `my-sso`. */
  readonly title: string;
  /** What a person types after `sso-cred login`. */
  readonly loginArguments: string;
  readonly token: "none" | "valid" | "refreshable" | "expired" | "of another start URL";
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  readonly signInIsOpen: boolean;
  /** Epoch milliseconds until which no browser is opened. */
  readonly backoffUntil?: number | undefined;
  /** Which sign-in a call would choose, in words, and why. */
  readonly choice: string;
  readonly endpoints: readonly EndpointFacts[];
  /** Roles of our profiles that the portal does not list for this person; undefined: not asked. */
  readonly unassigned?: readonly { profile: string; accountId: string; roleName: string }[] | undefined;
  /** How many roles of our profiles were looked for. */
  readonly lookedFor: number;
}

export interface EndpointFacts {
  readonly service: "portal" | "OIDC";
  readonly url: string;
  readonly isAws: boolean;
  /** One line that says what is wrong. */
  readonly fault?: string | undefined;
  readonly milliseconds?: number | undefined;
  /** The service's clock minus ours, in milliseconds. */
  readonly clockOffsetMs?: number | undefined;
}

/** Everything the checks look at. Gathering never fails as a whole: what cannot be read is a fact. */
export interface Facts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly version: string;
  readonly config: ConfigText;
  readonly credentials: ConfigText;
  readonly invalidSettings: readonly { name: string; problem: string }[];
  readonly caFile: { path: string; setting: string; fault?: string | undefined } | undefined;
  readonly commands: readonly CommandFacts[];
  readonly paths: readonly PathFacts[];
  readonly locks: readonly { name: string; state: "alive" | "dead" | "unknown" }[];
  readonly freeBytes: number | undefined;
  readonly home: string;
  readonly sessions: readonly SessionFacts[];
  readonly here: Here;
  /** Undefined from source and on Windows, where there is never one. */
  readonly front: Front | "none" | undefined;
}

export interface Here {
  readonly hasTerminal: boolean;
  readonly isRemote: boolean;
  readonly isWsl: boolean;
  readonly isContainer: boolean;
  /** The program that would open a page; undefined where there is none. */
  readonly browser: string | undefined;
}
