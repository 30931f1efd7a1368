import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

/** The AWS CLI's rule for names of cache files, written independently of the program's code. */
export const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

interface RegistrationKey {
  region: string;
  scopes: string[] | null;
  sessionName: string | null;
  startUrl: string;
}

/** The session's name, or for legacy profiles `{ startUrl }`. */
type RoleOwner = string | { startUrl: string };

interface FileEntry {
  /** Relative to the home, with slashes. */
  path: string;
  /** Such as "600". */
  mode: string;
}

export interface Home {
  readonly path: string;
  readonly configFile: string;
  /** `HOME` and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths are relative to the home. Missing folders are made. */
  write(path: string, content: string | object, mode?: number): Promise<string>;
  read(path: string): Promise<string>;
  readJson(path: string): Promise<Record<string, unknown>>;
  exists(path: string): Promise<boolean>;
  /** Every file under the home, sorted by path. */
  files(under?: string): Promise<FileEntry[]>;
  remove(): Promise<void>;
}

/** The path `~/.aws/sso/cache/…` for a session's name or, for legacy profiles, the start URL. */
export function tokenPath(sessionOrStartUrl: string): string {
  return `.aws/sso/cache/${sha1(sessionOrStartUrl)}.json`;
}

export function registrationPath({ region, scopes, sessionName, startUrl }: RegistrationKey): string {
  const name = sessionName === null ? "null" : pythonString(sessionName);
  const list = scopes === null ? "null" : `[${scopes.map(pythonString).join(", ")}]`;
  const key =
    `{"region": ${pythonString(region)}, "scopes": ${list}, "session_name": ${name}, ` +
    `"startUrl": ${pythonString(startUrl)}, "tool": "botocore"}`;
  return `.aws/sso/cache/${sha1(key)}.json`;
}

export function rolePath(owner: RoleOwner, accountId: string, roleName: string): string {
  const last =
    typeof owner === "string"
      ? `"sessionName":${pythonString(owner)}`
      : `"startUrl":${pythonString(owner.startUrl)}`;
  const key = `{"accountId":${pythonString(accountId)},"roleName":${pythonString(roleName)},${last}}`;
  return `.aws/cli/cache/${sha1(key)}.json`;
}

function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `2026-03-01T12:00:00Z`, the AWS CLI's format. */
export function isoSeconds(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Converts the times of an `SsoToken` to the dates of the token file. */
export function tokenFile(token: {
  expiresAt: number;
  registrationExpiresAt?: number;
  [field: string]: unknown;
}): Record<string, unknown> {
  const { expiresAt, registrationExpiresAt, ...rest } = token;
  return {
    ...rest,
    expiresAt: isoSeconds(expiresAt),
    ...(registrationExpiresAt === undefined
      ? {}
      : { registrationExpiresAt: isoSeconds(registrationExpiresAt) }),
  };
}

/** Puts credentials of the role ReadOnly into the cache, valid for an hour. */
export const cacheRole = (home: Home, session = "corp") =>
  home.write(rolePath(session, "123456789011", "ReadOnly"), roleFile(Date.now() + 3_600_000, "123456789011"));

/** Content of a role-credentials file. */
export function roleFile(expiration: number, accountId: string) {
  const Credentials = {
    AccessKeyId: "ASIAEXAMPLEEXAMPLE01",
    SecretAccessKey: "example-secret",
    SessionToken: "example-session-token",
    Expiration: isoSeconds(expiration),
    AccountId: accountId,
  };
  return { ProviderType: "sso", Credentials };
}

/** The keys of a profile that gets its role from the session `corp`. */
export const SSO_KEYS = "sso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n";

export const START_URL = "https://d-1234567890.awsapps.com/start";

/** Config text of an `[sso-session]` with the usual keys; `extra` are further lines. */
export function sessionSection(name: string, extra: string[] = []): string {
  const lines = [
    `[sso-session ${name}]`,
    `sso_start_url = ${START_URL}`,
    "sso_region = eu-west-1",
    "sso_registration_scopes = sso:account:access",
    ...extra,
  ];
  return `${lines.join("\n")}\n`;
}

/** The section that `init` writes. */
export const profile = (name: string, accountId: string, roleName: string) =>
  [
    `[profile ${name}]`,
    `credential_process = sso-cred corp --account-id ${accountId} --role-name ${roleName}`,
    "region = eu-west-1",
    "output = json",
    "",
  ].join("\n");

/** A temporary home; `config` is the text of `~/.aws/config`. */
export async function makeHome(
  options: { config?: string; credentials?: string; name?: string } = {},
): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), options.name ?? "sso-cred-home-"));
  const home: Home = {
    path,
    configFile: join(path, ".aws/config"),
    env: { HOME: path },
    write: async (file, content, mode = 0o600) => {
      const target = join(path, file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, typeof content === "string" ? content : JSON.stringify(content));
      await chmod(target, mode);
      return target;
    },
    read: (file) => readFile(join(path, file), "utf8"),
    readJson: async (file) => JSON.parse(await readFile(join(path, file), "utf8")),
    exists: (file) =>
      stat(join(path, file)).then(
        () => true,
        () => false,
      ),
    files: async (under = "") => {
      const found = await readdir(join(path, under), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      const entries = await Promise.all(
        found
          .filter((entry) => !entry.isDirectory())
          .map(async (entry) => {
            const file = join(entry.parentPath, entry.name);
            const { mode } = await stat(file);
            return { path: relative(path, file), mode: (mode & 0o7777).toString(8) };
          }),
      );
      return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  if (options.config !== undefined) await home.write(".aws/config", options.config);
  if (options.credentials !== undefined) await home.write(".aws/credentials", options.credentials);
  return home;
}
