import { execFileSync } from "node:child_process";
import { canTrace } from "./systemCalls.ts";

/** A file system without modes, owners, links and folder syncs refuses these, each with a code of its own. */
export const NICETIES = "chmod,fchmod,fchmodat,chown,fchown,fchownat,link,linkat,fsync,utimensat";
export const REFUSALS = ["EPERM", "EOPNOTSUPP", "ENOSYS", "EINVAL"];

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

export interface ChildOptions {
  /** Like "077". */
  umask?: string;
  /** Without root's rights: file modes mean nothing to root. */
  unprivileged?: boolean;
  /** No file may become longer than so many blocks of 512 bytes: a disk that is full for whoever writes. */
  fileBlocks?: number;
  /** System calls that fail with this code (`refusing`): only where there is strace. */
  refused?: { calls: string; code: string };
}

/**
 * Runs code in a process of its own, for what belongs to the whole process. `module` is a URL, in the code it is `m`. Answers
 * what the code printed.
 */
export function runInChild(module: URL, code: string, options: ChildOptions = {}): string {
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
