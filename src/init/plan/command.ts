import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { readOurCommand } from "../../config/ourCommand.ts";
import { SsoCredError } from "../../errors.ts";
import { printable } from "../../text/printable.ts";

/** How this process was started, as far as the path in the config depends upon it. */
export interface Invocation {
  /** The program's name as the caller gave it: a path, or a word that was found on PATH. */
  readonly argv0: string;
  /** The program's file, links resolved. */
  readonly execPath: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/**
 * The absolute path by which this executable was called or found, links not resolved, so that an upgrade behind a
 * link keeps the profiles working; `execPath` when argv0 leads elsewhere.
 */
export function callPath({ argv0, execPath, cwd, env, platform }: Invocation): string {
  const path = platform === "win32" ? win32 : posix;
  const isPath = argv0.includes("/") || (platform === "win32" && argv0.includes("\\"));
  const folders = isPath
    ? [cwd]
    : (env.PATH ?? env.Path ?? "").split(path.delimiter).filter((name) => name !== "");
  const endings = platform === "win32" ? ["", ".exe"] : [""];
  const candidates = folders.flatMap((folder) =>
    endings.map((ending) => path.resolve(cwd, folder, argv0 + ending)),
  );
  return candidates.find((candidate) => isSameProgram(candidate, execPath)) ?? execPath;
}

function isSameProgram(path: string, execPath: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() && realpathSync(path) === realpathSync(execPath);
  } catch {
    return false;
  }
}

/** Read alike by everybody without quotes; a backslash is not, on POSIX. */
const PLAIN = /^[A-Za-z0-9_.@/%:+=,-]+$/;
const PLAIN_ON_WINDOWS = /^[A-Za-z0-9_.@/:+=,\\-]+$/;
/**
 * Within double quotes sh expands $ and `, shlex and sh read \ their own ways, cmd expands %; the SDK for JavaScript
 * ends a value at " #" and " ;".
 */
const QUOTABLE = /^(?!.*\s[#;])[^"$`\\%!\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;
/** `cmd /C` takes a leading quoted path apart when it holds one of &<>()@^|. */
const QUOTABLE_ON_WINDOWS =
  /^(?!.*\s[#;])[^"$`%!&<>()@^|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^"$`%!&<>()@^|\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;

/**
 * The value of `credential_process`. shlex (the AWS CLI), `sh -c` (the other SDKs), and on Windows the C runtime
 * and `cmd /C`, read the same words from it. On Windows a path without blanks stays unquoted: the SDK for Go cannot pass
 * a quote through cmd, and nobody reads the line with shlex there.
 *
 * @throws SsoCredError("config") for a path, a session or a role name that cannot be written so, and for an account that is none.
 */
export function commandLine(
  command: string,
  target: { readonly session: string; readonly accountId: string; readonly roleName: string },
  platform: NodeJS.Platform,
): string {
  const { session, accountId, roleName } = target;
  // It stands without quotes: the last guard, whoever named it.
  if (!isAccountId(accountId)) {
    throw new SsoCredError("config", `the account '${printable(accountId, 60)}' is not 12 digits`);
  }
  const quotedSession = quote(session, platform);
  const quotedRole = quote(roleName, platform);
  const quotedCommand = quotePath(command, platform);
  if (
    quotedCommand === undefined ||
    (platform === "win32" && quotedCommand !== command && session !== quotedSession)
  ) {
    throw new SsoCredError(
      "config",
      `the path ${printable(command)} cannot be written so that every SDK reads it; put sso-cred on the PATH`,
      { remedy: { run: "sso-cred init --command sso-cred" } },
    );
  }
  if (quotedSession === undefined || quotedRole === undefined) {
    const what =
      quotedSession === undefined
        ? `session name '${printable(session)}'`
        : `role name '${printable(roleName)}'`;
    throw new SsoCredError("config", `the ${what} cannot be written so that every SDK reads it`);
  }
  const explicit = session === "init" || session.startsWith("-");
  const first = explicit ? `--sso-session=${quotedSession}` : quotedSession;
  const role = roleName.startsWith("-") ? `--role-name=${quotedRole}` : `--role-name ${quotedRole}`;
  return `${quotedCommand} ${first} --account-id ${accountId} ${role}`;
}

/** Whether a role that the portal named fits a command line: everything that IAM allows does. */
export function canBeWritten(
  { accountId, roleName }: { readonly accountId: string; readonly roleName: string },
  platform: NodeJS.Platform,
): boolean {
  return isAccountId(accountId) && quote(roleName, platform) !== undefined;
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/**
 * cmd ends a program's name at each of these. `cmd /C` keeps the quotes around one that holds a blank, and takes them off any
 * other (`cmd /?`).
 */
const ENDS_A_NAME = /[,;=]/;

/** The SDKs for Go take quotes off a value's start (v1: with what follows read bare), so one that can start plain does. */
function quotePath(path: string, platform: NodeJS.Platform): string | undefined {
  const quoted = quote(path, platform);
  if (platform === "win32" && ENDS_A_NAME.test(path) && !/\s/.test(path)) return undefined;
  if (quoted === path || quoted === undefined || platform === "win32" || !path.startsWith("/")) return quoted;
  const plainUntil = path.lastIndexOf("/", path.search(/[^A-Za-z0-9_.@/%:+=,-]/)) + 1;
  return `${path.slice(0, plainUntil)}"${path.slice(plainUntil)}"`;
}

function quote(word: string, platform: NodeJS.Platform): string | undefined {
  const [plain, quotable] =
    platform === "win32" ? [PLAIN_ON_WINDOWS, QUOTABLE_ON_WINDOWS] : [PLAIN, QUOTABLE];
  if (plain.test(word)) return word;
  return quotable.test(word) ? `"${word}"` : undefined;
}

/** @throws SsoCredError("config") for a command that would not be recognised as ours in the config. */
export function checkCommand(command: string, platform: NodeJS.Platform): void {
  const line = commandLine(command, { session: "s", accountId: "000000000000", roleName: "r" }, platform);
  if (readOurCommand(line)?.command === command) return;
  throw new SsoCredError(
    "config",
    `the command '${printable(command)}' must be sso-cred or a path that ends in it: rename the file, or use --command`,
    { remedy: { run: "sso-cred init --command sso-cred" } },
  );
}
