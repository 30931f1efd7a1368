import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IdentityCenter } from "../identityCenter/identityCenter.ts";
import { processesOf, type SeenProcess } from "./processes.ts";

/** Secrets that must not leave their files and requests: those received, and those sent. */
export function secretsOf({ state, requests }: IdentityCenter): string[] {
  const sent = requests.flatMap(({ body }) =>
    Object.entries(typeof body === "object" && body !== null ? body : {})
      .filter(([name]) => /^(code|codeVerifier|clientSecret|refreshToken|deviceCode)$/.test(name))
      .map(([, value]) => String(value)),
  );
  return [
    ...sent,
    ...requests.flatMap(({ headers }) => headers["x-amz-sso_bearer_token"] ?? []),
    ...state.accessTokens.keys(),
    ...state.refreshTokens.keys(),
    ...state.codes.keys(),
    ...state.devices.keys(),
    ...[...state.registrations.values()].map(({ clientSecret }) => clientSecret),
    ...[...state.roleKeys.values()].flatMap(({ secretAccessKey, sessionToken }) => [
      secretAccessKey,
      sessionToken,
    ]),
  ];
}

interface Entry {
  path: string;
  /** Such as "600". */
  mode: string;
  isFolder: boolean;
}

/** Everything below a folder. Links are not followed, and files that disappear are skipped. */
export function entriesBelow(folder: string): Entry[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // The folder has disappeared.
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!found) return [];
    const entry = { path, mode: (found.mode & 0o7777).toString(8), isFolder: found.isDirectory() };
    return found.isDirectory() ? [entry, ...entriesBelow(path)] : [entry];
  });
}

/**
 * `NAME: secret` for each file below the folder that holds one. `except` lists files and, with a
 * slash at the end, folders.
 */
export function secretsBelow(
  folder: string,
  secrets: readonly string[],
  except: readonly string[],
): string[] {
  const isExcepted = (path: string) =>
    except.some((one) =>
      one.endsWith("/") ? path.startsWith(join(folder, one)) : path === join(folder, one),
    );
  return entriesBelow(folder)
    .filter(({ path, isFolder }) => !isFolder && !isExcepted(path))
    .flatMap(({ path }) => {
      const bytes = readFileSync(path);
      return secrets.filter((secret) => bytes.includes(secret)).map((secret) => `${path}: ${secret}`);
    });
}

/** Records every process of a home and every entry below its ~/.aws, every 2 ms until `stop`. */
export function watchHome(home: string): { stop(): Promise<{ processes: SeenProcess[]; entries: Entry[] }> } {
  const processes = new Map<string, SeenProcess>();
  const entries = new Map<string, Entry>();
  let watching = true;
  const look = () => {
    for (const found of processesOf(home)) processes.set(`${found.pid} ${found.commandLine}`, found);
    for (const found of entriesBelow(join(home, ".aws"))) entries.set(`${found.path} ${found.mode}`, found);
  };
  const work = (async () => {
    while (watching) {
      look();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  return {
    async stop() {
      watching = false;
      await work;
      look();
      return { processes: [...processes.values()], entries: [...entries.values()] };
    },
  };
}
