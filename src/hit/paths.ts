import type { Role, SessionIdentity } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { pythonString } from "./json.ts";
import { sha1 } from "./sha1.ts";

/**
 * The folder that holds `.aws`: HOME, or on Windows USERPROFILE, then HOMEDRIVE and HOMEPATH (as
 * Python's expanduser, which ignores HOME there). Without these, the system's record of the user.
 */
export function homeDirectory({ env, platform }: Environment): string {
  const home =
    platform === "win32"
      ? env.USERPROFILE || (env.HOMEPATH ? `${env.HOMEDRIVE ?? ""}${env.HOMEPATH}` : undefined)
      : env.HOME;
  return withoutTrailingSeparators(home || process.getBuiltinModule("node:os").userInfo().homedir, platform);
}

export function awsDirectory(system: Environment): string {
  return below(homeDirectory(system), ".aws");
}

/** SSO tokens and client registrations. Only the SDK for C++ lets a variable move the folder. */
export function ssoCacheDirectory(system: Environment): string {
  return below(homeDirectory(system), ".aws", "sso", "cache");
}

/** Role credentials, shared with the AWS CLI. */
export function roleCacheDirectory(system: Environment): string {
  return below(homeDirectory(system), ".aws", "cli", "cache");
}

/** The parts of a role that its files are named after. */
type CachedRole = Role & { session: SessionIdentity };

export function roleCredentialsPath(role: CachedRole, system: Environment): string {
  return below(roleCacheDirectory(system), roleCredentialsFileName(role));
}

/**
 * The AWS CLI's cache file name for a role's credentials: the SHA-1 of minified, ASCII-escaped JSON
 * with sorted keys (aws-cli awscli/botocore/credentials.py, SSOCredentialFetcher).
 */
export function roleCredentialsFileName({ session, accountId, roleName }: CachedRole): string {
  const account = pythonString(accountId);
  const role = pythonString(roleName);
  const last =
    session.name === null
      ? `"startUrl":${pythonString(session.startUrl)}`
      : `"sessionName":${pythonString(session.name)}`;
  return `${sha1(`{"accountId":${account},"roleName":${role},${last}}`)}.json`;
}

/** State of this program: locks, pending sign-ins, last attempts. */
export function stateDirectory(system: Environment): string {
  return below(homeDirectory(system), ".aws", "sso-cred");
}

/** `AWS_CONFIG_FILE` with `~` and variables expanded, else `~/.aws/config`. */
export function configPath(system: Environment): string {
  return userFile("AWS_CONFIG_FILE", "config", system);
}

/** `AWS_SHARED_CREDENTIALS_FILE` with `~` and variables expanded, else `~/.aws/credentials`. */
export function credentialsPath(system: Environment): string {
  return userFile("AWS_SHARED_CREDENTIALS_FILE", "credentials", system);
}

function userFile(variable: string, name: string, system: Environment): string {
  const path = system.env[variable];
  return path ? namedFile(expandPath(path, system), system.platform) : below(awsDirectory(system), name);
}

/**
 * Expands `$VAR`, `${VAR}` (on Windows also `%VAR%`), then a leading `~`, in the order of the AWS
 * CLI. Unset variables and `~somebody` stay as written.
 */
export function expandPath(path: string, system: Environment): string {
  const { env, platform } = system;
  const pattern = platform === "win32" ? /\$(\w+)|\$\{([^{}]*)\}|%([^%]+)%/g : /\$(\w+)|\$\{([^{}]*)\}/g;
  const expanded = path.replace(pattern, (whole: string, ...names: unknown[]) => {
    const name = names.slice(0, 3).find((found) => typeof found === "string");
    return (typeof name === "string" && Object.hasOwn(env, name) ? env[name] : undefined) ?? whole;
  });
  const next = expanded[1];
  const isHome =
    expanded[0] === "~" && (next === undefined || next === "/" || (platform === "win32" && next === "\\"));
  if (!isHome) return expanded;
  const home = homeDirectory(system);
  return next === undefined ? home : withoutRootSeparator(home) + expanded.slice(1);
}

/** On Windows, NUL is the null device in every folder; Node would create a file. */
export function namedFile(path: string, platform: NodeJS.Platform): string {
  return platform === "win32" && /^(?:.*[\\/])?nul:?$/i.test(path) ? "\\\\.\\NUL" : path;
}

function below(directory: string, ...names: string[]): string {
  const afterDrive = directory[1] === ":" ? directory[2] : directory[0];
  const separator = afterDrive === "\\" ? "\\" : "/";
  return [withoutRootSeparator(directory), ...names].join(separator);
}

/** Only a root (`/`, `C:\`) ends with a separator. */
function withoutRootSeparator(directory: string): string {
  const last = directory[directory.length - 1];
  const isRoot = last === "/" || (last === "\\" && directory[1] === ":");
  return isRoot ? directory.slice(0, -1) : directory;
}

/** Keeps the separator of a root: `C:` alone is the current folder of that drive. */
function withoutTrailingSeparators(path: string, platform: NodeJS.Platform): string {
  const least = platform === "win32" && path[1] === ":" ? 3 : 1;
  let end = path.length;
  while (end > least && (path[end - 1] === "/" || (platform === "win32" && path[end - 1] === "\\"))) end--;
  return path.slice(0, end);
}
