import { posix, win32 } from "node:path";
import { readOurCommand } from "../../config/ourCommand.ts";
import { SsoCredError } from "../../errors.ts";
import { isAccountId, type NamedRole, type Role } from "../../model.ts";
import { shellWord } from "../../text/commandWords.ts";
import { printable } from "../../text/printable.ts";

/** Every reader takes this literally without quotes. A backslash only on Windows. */
const PLAIN = /^[A-Za-z0-9_.@/%:+=,-]+$/;
/** Also user names of any script, and short ones (`C:\Users\JRG~1`). */
const PLAIN_ON_WINDOWS = /^[\p{L}\p{M}\p{N}_.@/:+=,~\\-]+$/u;
/**
 * Text that every reader takes literally within double quotes. There sh expands $ and `, shlex and
 * sh differ about \, and cmd expands %. The SDK for JavaScript ends a value at " #" and " ;".
 */
const QUOTABLE = /^(?!.*\s[#;])[^"$`\\%!\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;
/** `cmd /C` splits a leading quoted path that holds one of &<>()@^|. */
const QUOTABLE_ON_WINDOWS =
  /^(?!.*\s[#;])[^"$`%!&<>()@^|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^"$`%!&<>()@^|\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;

/**
 * The value of `credential_process`, which shlex (the AWS CLI), `sh -c` (the other SDKs), and on
 * Windows the C runtime and `cmd /C`, split into the same words. On Windows a path without spaces
 * stays unquoted: the SDK for Go cannot pass a quote through cmd, and no client there reads the
 * line with shlex.
 * @throws SsoCredError("config") for a path, session or role name that cannot be written this way,
 * and for an invalid account id.
 */
export function commandLine(command: string, target: NamedRole, platform: NodeJS.Platform): string {
  const { session, accountId, roleName } = target;
  // The id is written unquoted, so this is the last guard against shell syntax.
  if (!isAccountId(accountId)) {
    throw new SsoCredError("config", `the account '${printable(accountId, 60)}' is not 12 digits`);
  }
  const quotedSession = quoteName(session, platform);
  const quotedRole = quoteName(roleName, platform);
  const quotedCommand = quotePath(command, platform);
  const isMixed = platform === "win32" && quotedCommand !== command && session !== quotedSession;
  const unwritable = (what: string, hint = "") =>
    new SsoCredError("config", `${what} cannot be written so that every SDK reads it${hint}`);
  if (quotedCommand === undefined || isMixed)
    throw unwritable(`the path ${printable(command)}`, "; put sso-cred on the PATH");
  if (quotedSession === undefined) throw unwritable(`the session name '${printable(session)}'`);
  if (quotedRole === undefined) throw unwritable(`the role name '${printable(roleName)}'`);
  const explicit = session === "init" || session.startsWith("-");
  const first = explicit ? `--sso-session=${quotedSession}` : quotedSession;
  const role = roleName.startsWith("-") ? `--role-name=${quotedRole}` : `--role-name ${quotedRole}`;
  return `${quotedCommand} ${first} --account-id ${accountId} ${role}`;
}

/** True if the role can be written to a command line. IAM allows no name that cannot. */
export function canBeWritten({ accountId, roleName }: Role, platform: NodeJS.Platform): boolean {
  return isAccountId(accountId) && quoteName(roleName, platform) !== undefined;
}

/**
 * cmd ends a program's name at each of these. `cmd /C` keeps the quotes around a name that holds a
 * space, and removes them from any other (`cmd /?`).
 */
const ENDS_A_NAME = /[,;=]/;

/** The SDKs for Go remove quotes at a value's start, so a value that can start unquoted does. */
function quotePath(path: string, platform: NodeJS.Platform): string | undefined {
  const quoted = quote(path, platform);
  if (platform === "win32" && ENDS_A_NAME.test(path) && !/\s/.test(path)) return undefined;
  if (quoted === path || quoted === undefined || platform === "win32" || !path.startsWith("/")) return quoted;
  const plainUntil = path.lastIndexOf("/", path.search(/[^A-Za-z0-9_.@/%:+=,-]/)) + 1;
  return `${path.slice(0, plainUntil)}"${path.slice(plainUntil)}"`;
}

/** All readers agree about a backslash only within the path of a Windows line. */
function quoteName(name: string, platform: NodeJS.Platform): string | undefined {
  return name.includes("\\") ? undefined : quote(name, platform);
}

function quote(word: string, platform: NodeJS.Platform): string | undefined {
  const [plain, quotable] =
    platform === "win32" ? [PLAIN_ON_WINDOWS, QUOTABLE_ON_WINDOWS] : [PLAIN, QUOTABLE];
  if (plain.test(word)) return word;
  return quotable.test(word) ? `"${word}"` : undefined;
}

/**
 * Rejects a command that could not be written, would not be recognised as ours, or would depend on
 * the folder of the client. The remedy repeats `args`, the arguments of `init`.
 * @throws SsoCredError("config")
 */
export function checkCommand(command: string, platform: NodeJS.Platform, args: readonly string[]): void {
  const remedy = { run: ["sso-cred init", ...args.map(shellWord), "--command sso-cred"].join(" ") };
  const rejected = (message: string) => new SsoCredError("config", message, { remedy });
  const mustBe = (what: string) => rejected(`the command '${printable(command)}' must be ${what}`);
  let line: string;
  try {
    line = commandLine(command, { session: "s", accountId: "000000000000", roleName: "r" }, platform);
  } catch (error) {
    throw rejected((error as Error).message);
  }
  const isWhole = (platform === "win32" ? win32 : posix).isAbsolute(command);
  if (!isWhole && (platform === "win32" ? /[\\/]/ : /\//).test(command)) {
    throw mustBe("a whole path or sso-cred: no SDK expands ~, and each runs it in another folder");
  }
  if (readOurCommand(line)?.command === command) return;
  throw mustBe("sso-cred or a path that ends in it: rename the file, or use --command");
}
