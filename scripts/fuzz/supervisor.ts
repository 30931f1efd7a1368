import { fork } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress, Task } from "./child.ts";
import { keepInput, parseInput } from "./inputFile.ts";

const LOOK_MS = 500;
/** Where an fsync costs nothing. */
const IN_MEMORY = "/dev/shm";
/** What a cache file or an answer may cost at most is far below. */
const HEAP_MB = 512;

export interface Result extends Progress {
  readonly findings: readonly { error: string; file: string }[];
}

/** Runs a target in a process of its own; one that hangs or dies is a finding, with the input it was at. */
export async function supervise(
  task: Omit<Task, "stdout" | "current"> & { readonly hangSeconds: number },
  say: (line: string) => void,
): Promise<Result> {
  mkdirSync(task.folder, { recursive: true });
  const homes = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "sso-cred-fuzz-"));
  const stdout = `${task.folder}/stdout`;
  const current = `${task.folder}/current.json`;
  // Appending, so that it can be emptied in between.
  const output = openSync(stdout, "w+");
  closeSync(output);
  const appended = openSync(stdout, "a+");
  const child = fork(
    fileURLToPath(new URL("child.ts", import.meta.url)),
    [JSON.stringify({ ...task, stdout, current })],
    {
      execArgv: ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${HEAP_MB}`],
      stdio: ["ignore", appended, "inherit", "ipc"],
      env: { ...process.env, TMPDIR: homes, TEMP: homes },
    },
  );
  closeSync(appended);
  const began = performance.now();
  let last: Progress = { runs: 0, blocks: 0, corpus: 0, seconds: 0 };
  let hung = false;
  child.on("message", (progress: Progress) => {
    last = progress;
    if (!progress.findings) say(line(task.name, progress));
  });
  const stop = () => child.kill("SIGTERM");
  process.on("SIGINT", stop);
  const watch = setInterval(() => {
    const changed = statSync(current, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed < task.hangSeconds * 1000 || last.findings) return;
    hung = true;
    child.kill("SIGKILL");
  }, LOOK_MS);
  const ended = await new Promise<string>((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  clearInterval(watch);
  rmSync(homes, { recursive: true, force: true });
  process.off("SIGINT", stop);
  if (last.findings) return { ...last, findings: last.findings };
  const error = hung ? `did not end within ${task.hangSeconds} s` : `ended the process: ${ended}`;
  const file = keepInput(`${task.folder}/findings`, parseInput(readFileSync(current, "utf8")));
  return { ...last, seconds: (performance.now() - began) / 1000, findings: [{ error, file }] };
}

function line(name: string, { seconds, runs, blocks, corpus }: Progress): string {
  return `${name}: ${Math.round(seconds)} s, ${runs} inputs, ${blocks} blocks, ${corpus} kept`;
}
