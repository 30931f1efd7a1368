import { accessSync, constants, lstatSync, type Stats, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isTemporary, listFolder, MAX_TEMPORARY_AGE_MS } from "../cache/folder.ts";
import { readJsonObject } from "../cache/jsonFile.ts";
import { roleFiles } from "../cache/roleCredentialsCache.ts";
import { readIdentity } from "../cache/stateFile.ts";
import { loadConfig } from "../config/configFile.ts";
import { isFormerSession } from "../config/configuredSessions.ts";
import { sessionArgument } from "../config/session.ts";
import {
  awsDirectory,
  homeDirectory,
  roleCacheDirectory,
  ssoCacheDirectory,
  stateDirectory,
} from "../hit/paths.ts";
import { attempt } from "../platform/attempt.ts";
import { isWsl } from "../platform/browser.ts";
import { processState } from "../platform/processIdentity.ts";
import type { Clocked } from "../platform/system.ts";
import { shellWord } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import { type Finding, finding } from "./report.ts";

/** Enough to see what is wrong with a cache of thousands. */
const MOST_FILES = 2_000;
const LEAST_FREE_BYTES = 1024 * 1024;
const NOT_KEPT = "tokens and credentials are not kept, so every call asks again";
/** Windows drives have no modes of their own. */
const FIXED_MODES =
  '; where chmod changes nothing, on a Windows drive, set options = "metadata" under [automount] in /etc/wsl.conf';

/** Checks the caches, locks and folders below `~/.aws`. */
export function* checkPaths(system: Clocked): Generator<Finding> {
  yield* pathProblems(system).map((problem) => pathFinding(problem, isWsl(system.env)));
  for (const session of formerSessions(system))
    yield finding("role-cache-former", "warning", printable(session), {
      found: `role credentials of '${printable(session)}' are cached, but the config no longer has that session, or has it with other settings`,
      why: "a line that still names it gets them until they expire",
      run: `sso-cred logout ${sessionArgument(session)}`,
    });
  yield* lockFindings(system);
  yield* diskFinding(system);
}

/** A problem with a cache file, a state file or a folder. */
interface Problem {
  readonly path: string;
  /** The number of files with it, if `path` is the folder of several. */
  readonly files?: number;
  readonly is: "owner" | "mode" | "open to all" | "not a folder" | "not writable" | "leftover";
  /** The owner's name or number, the mode in octal, the error's code, or nothing. */
  readonly detail: string;
}

function pathProblems(system: Clocked): Problem[] {
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
    ...(statOf(aws) === undefined ? accessProblem(home) : []),
    ...folders.flatMap((folder) => folderProblems(folder, owner)),
    ...[...caches, state].flatMap((folder) => problemsInside(folder, owner, system.now())),
  ]);
}

/** Without the problems that the remedy for a folder above also fixes: `chmod -R`, `chown -R`. */
function withoutCovered(all: readonly Problem[]): Problem[] {
  const isAbove = (other: Problem, { path, files }: Problem) =>
    path.startsWith(`${other.path}/`) || (path === other.path && files !== undefined && !other.files);
  return all.filter((one) => !all.some((other) => other.is === one.is && isAbove(other, one)));
}

/** The problems of a folder's files. A problem that several have is named once. */
function problemsInside(folder: string, owner: number | undefined, now: number): Problem[] {
  const names = listFolder(folder).slice(0, MOST_FILES);
  const problems = names.flatMap((name) => fileProblems(join(folder, name), owner, now));
  return [...Map.groupBy(problems, ({ is }) => is).values()].flatMap((alike) => {
    const [first] = alike;
    return first && alike.length > 1 ? { ...first, path: folder, files: alike.length } : alike;
  });
}

function folderProblems(path: string, owner: number | undefined): Problem[] {
  const found = statOf(path);
  if (found === undefined) return [];
  if (owner !== undefined && found.uid !== owner) return [{ path, is: "owner", detail: userName(found.uid) }];
  if (!found.isDirectory()) return [{ path, is: "not a folder", detail: "" }];
  const isShared = (found.mode & 0o002) !== 0;
  return isShared ? [{ path, is: "open to all", detail: modeOf(found) }] : accessProblem(path);
}

function modeOf({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8)}`;
}

function accessProblem(path: string): Problem[] {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [{ path, is: "not writable", detail: String((error as NodeJS.ErrnoException).code) }];
  }
}

function fileProblems(path: string, owner: number | undefined, now: number): Problem[] {
  const found = statOf(path);
  if (found === undefined || !found.isFile()) return [];
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isTemporary(name) && Math.abs(now - found.mtimeMs) > MAX_TEMPORARY_AGE_MS)
    return [{ path, is: "leftover", detail: "" }];
  if (owner !== undefined && found.uid !== owner) return [{ path, is: "owner", detail: userName(found.uid) }];
  if (name.endsWith(".json") && (found.mode & 0o077) !== 0)
    return [{ path, is: "mode", detail: modeOf(found) }];
  return [];
}

function userName(uid: number): string {
  return uid === 0 ? "root" : `the user with the id ${uid}`;
}

/** Follows links. Describes a broken link itself. */
function statOf(path: string): Stats | undefined {
  return attempt(() => statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path));
}

function pathFinding({ path, is, detail, files }: Problem, isWsl: boolean): Finding {
  const are = (one: string, many: string) => (files ? `${files} files in ${path} ${many}` : `${path} ${one}`);
  const isFixed = isWsl && detail === "0777";
  const where = path;
  switch (is) {
    case "owner":
      return finding("path-owner", "error", where, {
        found: are(`belongs to ${detail}`, `belong to ${detail}`),
        why: "its contents cannot be read or replaced, so you sign in again and again; a run under sudo causes this",
        run: `sudo chown -R "$(id -un)" ${shellWord(path)}`,
      });
    case "mode":
      return finding("path-mode", "warning", where, {
        found: are(`has the mode ${detail}`, `can be read by others (mode ${detail})`),
        why: `other users of this machine can read the credentials in it${isFixed ? FIXED_MODES : ""}`,
        run: `chmod ${files ? "-R " : ""}go-rwx ${shellWord(path)}`,
      });
    case "open to all":
      return finding("path-mode", "warning", where, {
        found: `${path} has the mode ${detail}`,
        why: `every user of this machine can replace its contents${isFixed ? FIXED_MODES : ""}`,
        run: `chmod -R go-w ${shellWord(path)}`,
      });
    case "not a folder":
      return finding("path-not-writable", "error", where, {
        found: `${path} is not a folder`,
        why: NOT_KEPT,
        run: `mv -i ${shellWord(path)} ${shellWord(`${path}.old`)}`,
      });
    case "not writable":
      return finding("path-not-writable", "error", where, {
        found: `${path} cannot be written to (${detail})`,
        why: NOT_KEPT,
        run: `ls -ld ${shellWord(path)}`,
      });
    case "leftover":
      return finding("path-leftover", "note", where, {
        found: are("is left over from an interrupted write", "are left over from interrupted writes"),
        why: "the next write removes it",
      });
  }
}

/** Never throws: a config that cannot be read is a finding of its own. */
function formerSessions(system: Clocked): string[] {
  return attempt(() => {
    const config = loadConfig(system, { credentials: true });
    const former = [...roleFiles(system)].filter(({ recorded }) => isFormerSession(recorded, config, system));
    return [...new Set(former.map(({ recorded }) => String(recorded.session)))];
  }, []);
}

function* lockFindings(system: Clocked): Generator<Finding> {
  const folder = join(stateDirectory(system), "locks");
  const [dead, held]: [string[], string[]] = [[], []];
  for (const name of listFolder(folder)) {
    const holder = readIdentity(readJsonObject(join(folder, name)));
    if (holder !== undefined) (processState(holder) === "dead" ? dead : held).push(name);
  }
  const locks = ({ length }: string[]) => (length === 1 ? "1 lock is" : `${length} locks are`);
  if (dead.length > 0)
    yield finding("lock-stale", "note", dead.join(", "), {
      found: `${locks(dead)} left from a process that has ended`,
      why: "the next call removes them; nothing waits for them",
    });
  if (held.length > 0)
    yield finding("lock-held", "note", held.join(", "), {
      found: `${locks(held)} held by another process`,
      why: "calls for the same role or session wait for it, up to a minute",
    });
}

/** For the disk that `~/.aws` is on, or will be. */
function* diskFinding(system: Clocked): Generator<Finding> {
  const aws = awsDirectory(system);
  const path = statOf(aws) === undefined ? homeDirectory(system) : aws;
  const { bavail, bsize } = attempt(() => statfsSync(path)) ?? { bavail: Infinity, bsize: 1 };
  if (bavail * bsize < LEAST_FREE_BYTES)
    yield finding("disk-full", "error", path, {
      found: `the disk of ${path} has less than 1 MB left`,
      why: "no token can be stored: every call signs in or asks the portal again",
      ...(system.platform === "win32" ? { fix: "free up some space" } : { run: `df -h ${shellWord(path)}` }),
    });
}
