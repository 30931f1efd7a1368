import { readOurCommand } from "../../config/ourCommand.ts";
import { SsoCredError } from "../../errors.ts";
import { printable } from "../../text/printable.ts";

/** Needs no quotes for any reader. On POSIX a backslash would. */
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
 * @throws SsoCredError("config") for a path, session or role name that cannot be written this way, and for an invalid account id.
 */
export function commandLine(
  command: string,
  target: { readonly session: string; readonly accountId: string; readonly roleName: string },
  platform: NodeJS.Platform,
): string {
  const { session, accountId, roleName } = target;
  // The id is written unquoted, so this is the last guard against shell syntax.
  if (!isAccountId(accountId)) {
    throw new SsoCredError("config", `the account '${printable(accountId, 60)}' is not 12 digits`);
  }
  const quotedSession = quoteName(session, platform);
  const quotedRole = quoteName(roleName, platform);
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
  const cannotBeWritten = (what: string, name: string) =>
    new SsoCredError(
      "config",
      `the ${what} '${printable(name)}' cannot be written so that every SDK reads it`,
    );
  if (quotedSession === undefined) throw cannotBeWritten("session name", session);
  if (quotedRole === undefined) throw cannotBeWritten("role name", roleName);
  const explicit = session === "init" || session.startsWith("-");
  const first = explicit ? `--sso-session=${quotedSession}` : quotedSession;
  const role = roleName.startsWith("-") ? `--role-name=${quotedRole}` : `--role-name ${quotedRole}`;
  return `${quotedCommand} ${first} --account-id ${accountId} ${role}`;
}

/** True if a role from the portal can be written to a command line. All names that IAM allows can. */
export function canBeWritten(
  { accountId, roleName }: { readonly accountId: string; readonly roleName: string },
  platform: NodeJS.Platform,
): boolean {
  return isAccountId(accountId) && quoteName(roleName, platform) !== undefined;
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

/** A backslash is read in one way only within the path of a Windows line. */
function quoteName(name: string, platform: NodeJS.Platform): string | undefined {
  return name.includes("\\") ? undefined : quote(name, platform);
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
