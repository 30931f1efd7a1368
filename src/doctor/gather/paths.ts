import { accessSync, constants, lstatSync, type Stats, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isTemporary, listFolder, MAX_TEMPORARY_AGE_MS } from "../../cache/folder.ts";
import { readJsonObject } from "../../cache/jsonFile.ts";
import { roleFiles } from "../../cache/roleCredentialsCache.ts";
import { readIdentity } from "../../cache/stateFile.ts";
import { loadConfig } from "../../config/configFile.ts";
import { isFormerSession } from "../../config/configuredSessions.ts";
import {
  awsDirectory,
  homeDirectory,
  roleCacheDirectory,
  ssoCacheDirectory,
  stateDirectory,
} from "../../hit/paths.ts";
import { attempt } from "../../platform/attempt.ts";
import { processState } from "../../platform/processIdentity.ts";
import type { Clocked } from "../../platform/system.ts";
import type { Facts, PathFacts } from "../facts.ts";

/** Enough to see what is wrong with a cache of thousands. */
const MOST_FILES = 2_000;

/** Problems with owners, modes and leftovers below `~/.aws`. */
export function gatherPaths(system: Clocked): PathFacts[] {
  if (system.platform === "win32") return [];
  const home = homeDirectory(system);
  const owner = statOf(home)?.uid;
  const aws = awsDirectory(system);
  const caches = [ssoCacheDirectory(system), roleCacheDirectory(system)];
  const state = stateDirectory(system);
  const parts = ["attempts", "locks", "logins"].map((name) => join(state, name));
  const folders = [aws, join(aws, "sso"), join(aws, "cli"), ...caches, state, ...parts];
  return withoutCovered([
    // The first write makes ~/.aws.
    ...(statOf(aws) === undefined ? accessFacts(home) : []),
    ...folders.flatMap((folder) => folderFacts(folder, owner)),
    ...[...caches, state].flatMap((folder) => joinedFacts(folder, owner, system.now())),
  ]);
}

/** Without the problems that the remedy for a folder above also fixes: `chmod -R`, `chown -R`. */
function withoutCovered(all: readonly PathFacts[]): PathFacts[] {
  return all.filter(
    ({ path, problem, files }) =>
      !all.some(
        (other) =>
          other.problem === problem &&
          (path.startsWith(`${other.path}/`) || (other.path === path && files !== undefined && !other.files)),
      ),
  );
}

/** The problems of a folder's files. A problem that several have is named once. */
function joinedFacts(folder: string, owner: number | undefined, now: number): PathFacts[] {
  const names = listFolder(folder).slice(0, MOST_FILES);
  const facts = names.flatMap((name) => fileFacts(join(folder, name), owner, now));
  return [...Map.groupBy(facts, ({ problem }) => problem).values()].flatMap((alike) => {
    const [first] = alike;
    return first && alike.length > 1 ? { ...first, path: folder, files: alike.length } : alike;
  });
}

function folderFacts(path: string, owner: number | undefined): PathFacts[] {
  const found = statOf(path);
  if (found === undefined) return [];
  if (owner !== undefined && found.uid !== owner)
    return [{ path, problem: "owner", detail: userName(found.uid) }];
  if (!found.isDirectory()) return [{ path, problem: "not a folder", detail: "" }];
  const isShared = (found.mode & 0o002) !== 0;
  return isShared ? [{ path, problem: "open to all", detail: modeOf(found) }] : accessFacts(path);
}

function modeOf({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8)}`;
}

function accessFacts(path: string): PathFacts[] {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [{ path, problem: "not writable", detail: String((error as NodeJS.ErrnoException).code) }];
  }
}

function fileFacts(path: string, owner: number | undefined, now: number): PathFacts[] {
  const found = statOf(path);
  if (found === undefined || !found.isFile()) return [];
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isTemporary(name) && Math.abs(now - found.mtimeMs) > MAX_TEMPORARY_AGE_MS)
    return [{ path, problem: "leftover", detail: "" }];
  if (owner !== undefined && found.uid !== owner)
    return [{ path, problem: "owner", detail: userName(found.uid) }];
  if (name.endsWith(".json") && (found.mode & 0o077) !== 0)
    return [{ path, problem: "mode", detail: modeOf(found) }];
  return [];
}

function userName(uid: number): string {
  return uid === 0 ? "root" : `the user with the id ${uid}`;
}

/** Throws nothing: a config that cannot be read is a finding of its own. */
export function gatherFormerSessions(system: Clocked): string[] {
  return attempt(() => {
    const config = loadConfig(system, { credentials: true });
    const former = [...roleFiles(system)].filter(({ recorded }) => isFormerSession(recorded, config, system));
    return [...new Set(former.map(({ recorded }) => String(recorded.session)))];
  }, []);
}

export function gatherLocks(system: Clocked): Facts["locks"] {
  const folder = join(stateDirectory(system), "locks");
  return listFolder(folder).flatMap((name) => {
    const holder = readIdentity(readJsonObject(join(folder, name)));
    return holder === undefined ? [] : [{ name, state: processState(holder) }];
  });
}

/** The disk that `~/.aws` is on, or will be; undefined if the system does not tell. */
export function gatherDisk(system: Clocked): Facts["disk"] {
  const aws = awsDirectory(system);
  const path = statOf(aws) === undefined ? homeDirectory(system) : aws;
  return attempt(() => {
    const { bavail, bsize } = statfsSync(path);
    return { path, freeBytes: bavail * bsize };
  });
}

/** Follows links; a broken link gives its own facts. */
function statOf(path: string): Stats | undefined {
  return attempt(() => statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path));
}
