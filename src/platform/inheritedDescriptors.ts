import { closeSync, constants, fstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { attempt } from "./attempt.ts";

/** O_CLOEXEC in the octal flags of `/proc/self/fdinfo/N` (proc(5)). */
const CLOSE_ON_EXEC = 0o2000000;

/** Descriptors that the command of `exec` will inherit. */
const kept = new Set<number>();

/**
 * Closes the inherited descriptors besides stdin, stdout and stderr, so that child processes do not
 * keep them open: a lock (`flock`) of the caller's script would otherwise last as long as the
 * browser. Node's own descriptors have O_CLOEXEC; inherited ones from 16 on don't. Only Linux needs
 * this: on macOS libuv starts programs with POSIX_SPAWN_CLOEXEC_DEFAULT, and on Windows descriptors
 * are not inherited.
 */
export function closeInheritedDescriptors(): void {
  for (const { fd } of openDescriptors()) {
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
      if (flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0) continue;
      if (!kept.has(fd)) closeSync(fd);
    } catch {
      // The descriptor has been closed in the meantime.
    }
  }
}

/**
 * The inherited descriptors besides stdin, stdout and stderr, for the command of `exec`; after this
 * call, none of them is closed. Node gives those below 16 O_CLOEXEC when it starts
 * (uv_disable_stdio_inheritance), so their kind distinguishes them from Node's own: event
 * descriptors have no file type, and a pipe with both ends here is libuv's, unless `make` calls it
 * its jobserver's. Call it before anything is opened. Empty on systems other than Linux.
 */
export function keepInheritedDescriptors(env: Readonly<Record<string, string | undefined>>): number[] {
  const open = openDescriptors();
  if (open.length === 0) return [];
  const jobserver = /--jobserver-(?:auth|fds)=(\d+),(\d+)/.exec(env.MAKEFLAGS ?? "")?.slice(1) ?? [];
  const program = statSync(process.execPath);
  for (const { fd, stats } of open) {
    const hasType = (stats.mode & constants.S_IFMT) !== 0;
    const isPair = stats.isFIFO() && open.some((other) => other.fd !== fd && isSame(other.stats, stats));
    const isOwn = !hasType || isPair || isSame(stats, program);
    if (!isOwn || jobserver.includes(String(fd))) kept.add(fd);
  }
  return [...kept];
}

function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function openDescriptors(): { fd: number; stats: Stats }[] {
  if (process.platform !== "linux") return [];
  const all = attempt(() => readdirSync("/proc/self/fd"), []).map(Number);
  // The descriptor of the listing itself is closed by now.
  return all.filter((fd) => fd > 2).flatMap((fd) => attempt(() => ({ fd, stats: fstatSync(fd) }), []));
}
