import { SsoCredError } from "../errors.ts";
import { formatTimestamp } from "../hit/expiry.ts";
import type { RoleCredentials } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { words } from "../text/words.ts";
import type { SHELLS } from "../usage/flags.ts";

export type Variables = Readonly<Record<string, string>>;

/** Variables that would take precedence over the new credentials, or that an outer run has set. */
const CLEARED = words(`
  AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  AWS_SECURITY_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_CONTAINER_CREDENTIALS_FULL_URI
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME`);

/** SDKs read these first. Throws `unavailable` for values that no variable can hold. */
export function credentialVariables(credentials: RoleCredentials): Variables {
  const variables = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: formatTimestamp(credentials.expiration),
  };
  for (const [name, value] of Object.entries(variables)) {
    if (/\p{Cc}/u.test(value))
      throw new SsoCredError("unavailable", `the portal sent a control character for ${name}`);
  }
  return variables;
}

export function regionVariables(region: string | undefined): Variables {
  // A region is a part of host names.
  if (region === undefined || !/^[\w-]+$/.test(region)) return {};
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

/** The names to unset before `set` is set; without `set`, all names that this program ever sets. */
export function variablesToClear(set?: Variables): string[] {
  return set === undefined
    ? [...CLEARED, "AWS_REGION", "AWS_DEFAULT_REGION"]
    : CLEARED.filter((name) => !(name in set));
}

/** `env` with `set`, and without everything that would take precedence over it. */
export function commandEnvironment(env: Environment["env"], set: Variables, platform: NodeJS.Platform) {
  const gone = new Set<string>([...variablesToClear(), ...Object.keys(set)]);
  // The region stays if none is set: the caller may have given the command one.
  if (set.AWS_REGION === undefined) {
    gone.delete("AWS_REGION");
    gone.delete("AWS_DEFAULT_REGION");
  }
  const name = (given: string) => (platform === "win32" ? given.toUpperCase() : given);
  return { ...Object.fromEntries(Object.entries(env).filter(([given]) => !gone.has(name(given)))), ...set };
}

export type Shell = (typeof SHELLS)[number];

const POSIX = {
  set: (name: string, value: string) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  unset: (name: string) => `unset ${name}`,
};

const DIALECTS: Readonly<Record<Shell, typeof POSIX>> = {
  bash: POSIX,
  zsh: POSIX,
  sh: POSIX,
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}';`,
    unset: (name) => `set -e ${name};`,
  },
  powershell: {
    // PowerShell treats typographic quotes as quotes, too.
    set: (name, value) => `$Env:${name} = '${value.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
  cmd: {
    set(name, value) {
      if (!/["%!^&|<>()]/.test(value)) return `set "${name}=${value}"`;
      throw new SsoCredError("unavailable", `the value of ${name} cannot be written for cmd`);
    },
    unset: (name) => `set "${name}="`,
  },
};

/** Lines for the shell to evaluate: variables to unset, then variables to set. */
export function shellLines(shell: Shell, unset: readonly string[], set: Readonly<Record<string, string>>) {
  const dialect = DIALECTS[shell];
  const cleared = unset.map((name) => dialect.unset(name));
  const added = Object.entries(set).map(([name, value]) => dialect.set(name, value));
  return [...cleared, ...added].map((line) => `${line}\n`).join("");
}
