import { fstatSync, readFileSync, statSync } from "node:fs";
import type { Environment } from "../platform/system.ts";
import {
  credentialProcessOutput,
  isOfPortal,
  MAX_OUTPUT_BYTES,
  parseRoleCredentials,
} from "./credentialProcess.ts";
import { isFresh } from "./expiry.ts";
import { roleCredentialsPath } from "./paths.ts";
import { outputTimeoutMs } from "./waitBudget.ts";
import { writeFully } from "./writeFully.ts";

export const MAX_FILE_BYTES = 64 * 1024;

/**
 * Handles a whole run if it is a cache hit of the line that `init` writes: `SESSION --account-id ID
 * --role-name ROLE`. Prints the credentials and returns true. Returns false in every other case;
 * the command line is then parsed properly. Takes no lock and reads one small file.
 */
export function printCachedCredentials(args: readonly string[], system: Environment): boolean {
  const { env } = system;
  const line = readLineOfInit(args);
  if (!line || env.SSO_CRED_TRACE || env.SSO_CRED_CACHE) return false;
  const { session: name, accountId, roleName } = line;
  let output: string;
  try {
    // A terminal gets a summary instead of secrets. A check for a terminal would load `node:tty`.
    if (fstatSync(1).isCharacterDevice()) return false;
    const path = roleCredentialsPath({ session: { name, startUrl: "" }, accountId, roleName }, system);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile() || found.size > MAX_FILE_BYTES) return false;
    const credentials = parseRoleCredentials(readFileSync(path, "utf8"), accountId);
    if (!credentials || !isFresh(credentials.expiration, Date.now()) || !isOfPortal(credentials, env))
      return false;
    output = credentialProcessOutput(credentials, accountId);
    if (Buffer.byteLength(output) > MAX_OUTPUT_BYTES) return false;
  } catch {
    return false;
  }
  writeFully(1, output, outputTimeoutMs(env));
  return true;
}

/** Reads the line that `init` writes, without an argument parser. Undefined for any other. */
export function readLineOfInit(args: readonly string[]) {
  const [session, accountFlag, accountId, roleFlag, roleName] = args;
  if (args.length !== 5 || accountFlag !== "--account-id" || roleFlag !== "--role-name") return undefined;
  if (!isWord(session) || session === "init" || !isWord(accountId) || !isWord(roleName)) return undefined;
  return { session, accountId, roleName };
}

function isWord(arg: string | undefined): arg is string {
  return arg !== undefined && arg !== "" && arg[0] !== "-";
}
