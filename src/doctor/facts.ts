import type { SectionName } from "../config/ini.ts";
import type { Remedy } from "../errors.ts";
import type { CaBundle, Role } from "../model.ts";
import type { Front } from "../platform/installation.ts";
import type { Environment } from "../platform/system.ts";
import type { ConfigText } from "./configFile.ts";

/** The executable that a profile's command line names. */
export interface CommandFacts {
  readonly command: string;
  readonly where: string;
  readonly profiles: readonly string[];
  readonly isAbsolute: boolean;
  /** True if shlex and a shell (sh, on Windows cmd) read the line differently. */
  readonly splitsDifferently: boolean;
  /** True on Windows for a command in quotes. */
  readonly isQuoted: boolean;
  /** `batch file`: only cmd finds it. */
  readonly state: "runs" | "batch file" | "missing" | "not executable";
  /** The output of its `--version`; undefined for this program itself, and if there is none. */
  readonly version?: string | undefined;
  readonly remedy: { run: string } | { fix: string };
}

/** A problem with a cache file, a state file or a folder. */
export interface PathFacts {
  readonly path: string;
  /** The number of files with it, if `path` is the folder of several. */
  readonly files?: number;
  readonly problem: "owner" | "mode" | "open to all" | "not a folder" | "not writable" | "leftover";
  /** The owner's name or number, the mode in octal, the error's code, or nothing. */
  readonly detail: string;
}

export interface SessionFacts {
  /** The name in messages: `my-sso`. */
  readonly title: string;
  /** The arguments of `sso-cred login` for it. */
  readonly loginArguments: string;
  readonly token: "none" | "valid" | "refreshable" | "expired" | "of another start URL" | "unreadable";
  /** Why the token file cannot be read, and the command that fixes it. */
  readonly tokenFault?: { readonly fault: string; readonly remedy?: Remedy } | undefined;
  /** How long the sign-in lasts, in words. */
  readonly life?: string | undefined;
  readonly signInIsOpen: boolean;
  /** Epoch milliseconds until which no browser is opened. */
  readonly backoffUntil?: number | undefined;
  /** The sign-in that a call would choose, in words, and the reason. */
  readonly choice: string;
  readonly caBundle: CaBundle | undefined;
  readonly endpoints: readonly EndpointFacts[];
  /** Why a company's own start URL does not lead to AWS. */
  readonly startUrlFault?: string | undefined;
  /** True where the portal answered 401 to a token that has not expired. */
  readonly tokenIsRefused?: boolean;
  /** Roles of profiles that the portal does not list; undefined if it was not asked. */
  readonly unassigned?: readonly ProfileRole[] | undefined;
  /** The number of roles that were looked up. */
  readonly lookedFor: number;
}

export interface ProfileRole extends Role {
  readonly profile: string;
}

/** A section that the program itself refuses, and its words. */
export interface UnusableSection extends SectionName {
  readonly message: string;
  readonly run: string | undefined;
}

/** A PEM file that a variable or the config names. */
export interface CaFile extends CaBundle {
  readonly fault?: string | undefined;
}

export interface EndpointFacts {
  readonly service: "portal" | "oidc";
  readonly url: string;
  readonly isAws: boolean;
  /** The error, on one line. */
  readonly fault?: string | undefined;
  readonly milliseconds?: number | undefined;
  /** The service's clock minus ours, in milliseconds. */
  readonly clockOffsetMs?: number | undefined;
}

/** Everything the checks look at. That something cannot be read is a fact, too. */
export interface Facts extends Environment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly version: string;
  readonly config: ConfigText;
  readonly credentials: ConfigText;
  readonly invalidSettings: readonly { name: string; problem: string }[];
  readonly caFiles: readonly CaFile[];
  readonly commands: readonly CommandFacts[];
  readonly paths: readonly PathFacts[];
  /** Sessions with cached role credentials that the config has lost or changed. */
  readonly formerSessions: readonly string[];
  readonly locks: readonly { name: string; state: "alive" | "dead" | "unknown" }[];
  readonly disk: { readonly path: string; readonly freeBytes: number } | undefined;
  readonly sessions: readonly SessionFacts[];
  readonly unusable: readonly UnusableSection[];
  readonly here: Here;
  /** Undefined from source and on Windows, which has no front. */
  readonly front: Front | "none" | undefined;
}

export interface Here {
  readonly hasTerminal: boolean;
  readonly isRemote: boolean;
  readonly isWsl: boolean;
  readonly isContainer: boolean;
  /** The program that would open a page, if there is one. */
  readonly browser: string | undefined;
}
