import { execFileSync } from "node:child_process";
import { canTrace } from "./systemCalls.ts";

/** The system calls that fail on file systems without modes, owners, links and syncs. */
export const NICETIES = "chmod,fchmod,fchmodat,chown,fchown,fchownat,link,linkat,fsync,utimensat";
/** The error codes of those file systems. */
export const REFUSALS = ["EPERM", "EOPNOTSUPP", "ENOSYS", "EINVAL"];

/** A command to put before a program's: strace, which fails these calls with this code. */
export function refusing(calls: string, code: string): string[] {
  if (!canTrace) throw new Error("needs strace");
  return [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-o",
    "/dev/null",
    "-e",
    `trace=${calls}`,
    "-e",
    `inject=${calls}:error=${code}`,
  ];
}

interface ChildOptions {
  /** Such as "077". */
  umask?: string;
  /** Run as another user, because root ignores file modes. */
  unprivileged?: boolean;
  /** The limit for the size of a file, in blocks of 512 bytes, as on a full disk. */
  fileBlocks?: number;
  /** The error code for the system calls in `refusing`. Needs strace. */
  refused?: { calls: string; code: string };
}

/**
 * Runs code in a process of its own, for tests that change the state of a whole process. In the
 * code, `m` is the module. Returns what the code printed.
 */
export function runInChild(module: URL, code: string, options: ChildOptions): string {
  const { umask = "022", unprivileged = false, fileBlocks, refused } = options;
  const limit = fileBlocks === undefined ? "" : `trap '' XFSZ; ulimit -f ${fileBlocks}; `;
  const drop = unprivileged
    ? "if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }"
    : "";
  const source = `import * as m from ${JSON.stringify(module.href)};\n${drop}\n${code}`;
  const watched = refused ? refusing(refused.calls, refused.code) : [];
  const node = [...watched, process.execPath, "--no-warnings", "--input-type=module", "--eval", source];
  return execFileSync("/bin/sh", ["-c", `umask ${umask}; ${limit}exec "$@"`, "sh", ...node], {
    encoding: "utf8",
  });
}
