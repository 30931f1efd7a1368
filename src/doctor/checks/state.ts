import { sessionArgument } from "../../config/session.ts";
import { shellWord } from "../../text/commandWords.ts";
import { printable } from "../../text/printable.ts";
import type { Facts, PathFacts } from "../facts.ts";
import { type Finding, finding } from "../report.ts";

const LEAST_FREE_BYTES = 1024 * 1024;
const NOT_KEPT = "tokens and credentials are not kept, so every call asks again";
/** Windows drives have no modes of their own. */
const FIXED_MODES =
  '; where chmod changes nothing, on a Windows drive, set options = "metadata" under [automount] in /etc/wsl.conf';

/** Checks caches, locks and folders. */
export function* checkState(facts: Facts): Generator<Finding> {
  const { paths, formerSessions, locks, disk, platform, here } = facts;
  yield* paths.map((path) => pathFinding(path, here.isWsl));
  for (const session of formerSessions)
    yield finding("role-cache-former", "warning", printable(session), {
      found: `role credentials of '${printable(session)}' are cached, but the config no longer has that session, or has it with other settings`,
      why: "a line that still names it gets them until they expire",
      run: `sso-cred logout ${sessionArgument(session)}`,
    });
  const dead = locks.filter(({ state }) => state === "dead");
  if (dead.length > 0)
    yield finding("lock-stale", "note", dead.map(({ name }) => name).join(", "), {
      found: `${dead.length} ${dead.length === 1 ? "lock is" : "locks are"} left from a process that has ended`,
      why: "the next call removes them; nothing waits for them",
    });
  const held = locks.filter(({ state }) => state !== "dead");
  if (held.length > 0)
    yield finding("lock-held", "note", held.map(({ name }) => name).join(", "), {
      found: `${held.length} ${held.length === 1 ? "lock is" : "locks are"} held by another process`,
      why: "calls for the same role or session wait for it, up to a minute",
    });
  if (disk !== undefined && disk.freeBytes < LEAST_FREE_BYTES)
    yield finding("disk-full", "error", disk.path, {
      found: `the disk of ${disk.path} has less than 1 MB left`,
      why: "no token can be stored: every call signs in or asks the portal again",
      ...(platform === "win32" ? { fix: "free up some space" } : { run: `df -h ${shellWord(disk.path)}` }),
    });
}

function pathFinding({ path, problem, detail, files }: PathFacts, isWsl: boolean): Finding {
  const are = (one: string, many: string) => (files ? `${files} files in ${path} ${many}` : `${path} ${one}`);
  const isFixed = isWsl && detail === "0777";
  const where = path;
  switch (problem) {
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
