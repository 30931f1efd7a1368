import { execFileSync } from "node:child_process";

export interface ChildOptions {
  /** Like "077". */
  umask?: string;
  /** Without root's rights: file modes mean nothing to root. */
  unprivileged?: boolean;
  /** No file may become longer than so many blocks of 512 bytes: a disk that is full for whoever writes. */
  fileBlocks?: number;
}

/**
 * Runs code in a process of its own, for what belongs to the whole process. `module` is a URL, in the code it is `m`. Answers
 * what the code printed.
 */
export function runInChild(module: URL, code: string, options: ChildOptions = {}): string {
  const { umask = "022", unprivileged = false, fileBlocks } = options;
  const limit = fileBlocks === undefined ? "" : `trap '' XFSZ; ulimit -f ${fileBlocks}; `;
  const drop = unprivileged
    ? "if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }"
    : "";
  const source = `import * as m from ${JSON.stringify(module.href)};\n${drop}\n${code}`;
  return execFileSync(
    "/bin/sh",
    [
      "-c",
      `umask ${umask}; ${limit}exec "$0" --no-warnings --input-type=module --eval "$1"`,
      process.execPath,
      source,
    ],
    { encoding: "utf8" },
  );
}
