import { sessionArgument } from "../../config/session.ts";
import { shellWord } from "../../text/commandWords.ts";
import { printable } from "../../text/printable.ts";
import type { Facts, PathFacts } from "../facts.ts";
import type { Finding } from "../report.ts";

const LEAST_FREE_BYTES = 1024 * 1024;
const NOT_KEPT = "tokens and credentials are not kept, so every call asks again";
/** Windows drives have no modes of their own. */
const FIXED_MODES =
  '; where chmod changes nothing, on a Windows drive, set options = "metadata" under [automount] in /etc/wsl.conf';

/** Checks caches, locks and folders. */
export function* checkState({
  paths,
  formerSessions,
  locks,
  disk,
  platform,
  here,
}: Facts): Generator<Finding> {
  yield* paths.map((path) => pathFinding(path, here.isWsl));
  for (const session of formerSessions)
    yield {
      id: "role-cache-former",
      severity: "warning",
      found: `role credentials of '${printable(session)}' are cached, which the config does not have any more, or has with other settings`,
      where: printable(session),
      why: "a line that still names it gets them until they expire",
      run: `sso-cred logout ${sessionArgument(session)}`,
    };
  const dead = locks.filter(({ state }) => state === "dead");
  if (dead.length > 0)
    yield {
      id: "lock-stale",
      severity: "note",
      found: `${dead.length} ${dead.length === 1 ? "lock is" : "locks are"} left from a process that has ended`,
      where: dead.map(({ name }) => name).join(", "),
      why: "the next call removes them; nothing waits for them",
    };
  const held = locks.filter(({ state }) => state !== "dead");
  if (held.length > 0)
    yield {
      id: "lock-held",
      severity: "note",
      found: `${held.length} ${held.length === 1 ? "lock is" : "locks are"} held by another process`,
      where: held.map(({ name }) => name).join(", "),
      why: "calls for the same role or session wait for it, up to a minute",
    };
  if (disk !== undefined && disk.freeBytes < LEAST_FREE_BYTES)
    yield {
      id: "disk-full",
      severity: "error",
      found: `the disk of ${disk.path} has less than 1 MB left`,
      where: disk.path,
      why: "no token can be stored: every call signs in or asks the portal again",
      ...(platform === "win32" ? { fix: "free some space" } : { run: `df -h ${shellWord(disk.path)}` }),
    };
}

function pathFinding({ path, problem, detail, files }: PathFacts, isWsl: boolean): Finding {
  const are = (one: string, many: string) => (files ? `${files} files in ${path} ${many}` : `${path} ${one}`);
  const isFixed = isWsl && detail === "0777";
  const where = path;
  switch (problem) {
    case "owner":
      return {
        id: "path-owner",
        severity: "error",
        found: are(`belongs to ${detail}`, `belong to ${detail}`),
        where,
        why: "what is in it cannot be read or replaced, so people sign in again and again; a run under sudo leaves this behind",
        run: `sudo chown -R "$(id -un)" ${shellWord(path)}`,
      };
    case "mode":
      return {
        id: "path-mode",
        severity: "warning",
        found: are(`has the mode ${detail}`, `can be read by others (mode ${detail})`),
        where,
        why: `other users of this machine can read the credentials in it${isFixed ? FIXED_MODES : ""}`,
        run: `chmod ${files ? "-R " : ""}go-rwx ${shellWord(path)}`,
      };
    case "open to all":
      return {
        id: "path-mode",
        severity: "warning",
        found: `${path} has the mode ${detail}`,
        where,
        why: `every user of this machine can replace what is in it${isFixed ? FIXED_MODES : ""}`,
        run: `chmod -R go-w ${shellWord(path)}`,
      };
    case "not a folder":
      return {
        id: "path-not-writable",
        severity: "error",
        found: `${path} is not a folder`,
        where,
        why: NOT_KEPT,
        run: `mv -i ${shellWord(path)} ${shellWord(`${path}.old`)}`,
      };
    case "not writable":
      return {
        id: "path-not-writable",
        severity: "error",
        found: `${path} cannot be written to (${detail})`,
        where,
        why: NOT_KEPT,
        run: `ls -ld ${shellWord(path)}`,
      };
    case "leftover":
      return {
        id: "path-leftover",
        severity: "note",
        found: are("is left over from an interrupted write", "are left over from interrupted writes"),
        where,
        why: "the next write removes it",
      };
  }
}
