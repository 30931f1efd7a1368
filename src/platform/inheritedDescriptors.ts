import { closeSync, readdirSync, readFileSync } from "node:fs";

/** O_CLOEXEC in the octal flags of `/proc/self/fdinfo/N` (proc(5)). */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes the inherited descriptors besides stdin, stdout and stderr, so that child processes do not keep them open: a
 * lock (`flock`) of the caller's script would otherwise last as long as the browser. Node's own descriptors have
 * O_CLOEXEC; inherited ones don't. Only Linux needs this: on macOS libuv starts programs with
 * POSIX_SPAWN_CLOEXEC_DEFAULT, and on Windows descriptors are not inherited.
 */
export function closeInheritedDescriptors(): void {
  if (process.platform !== "linux") return;
  for (const fd of openDescriptors()) {
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0) closeSync(fd);
    } catch {
      // The descriptor of the listing itself is already closed.
    }
  }
}

function openDescriptors(): number[] {
  try {
    return readdirSync("/proc/self/fd")
      .map(Number)
      .filter((fd) => fd > 2);
  } catch {
    return [];
  }
}
