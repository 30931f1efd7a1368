import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("lockContender.ts", import.meta.url));

/** Starts `lockContender.ts` with these arguments, until the end of the test. */
export function startContender(kind: "ours" | "proper", folder: string, rounds: number, holdMs: number) {
  const args = ["--no-warnings", PROGRAM, kind, folder, String(rounds), String(holdMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
  });
  const ended = once(child, "close").then(() => output);
  const fail = () => Promise.reject(new Error(`the contender has ended: ${output}`));
  const kill = () => {
    child.kill("SIGKILL");
    return ended;
  };
  onTestFinished(() => void kill());
  return {
    pid: child.pid,
    /** The output, once the process has ended. */
    ended,
    kill,
    stop: () => child.kill("SIGSTOP"),
    /** Waits until it has printed that many lines. */
    async lines(count: number): Promise<void> {
      while (output.split("\n").length <= count) {
        await Promise.race([once(child.stdout, "data"), ended.then(fail)]);
      }
    },
  };
}

/** Starts one that holds the lock FOLDER/lock until it is killed. */
export async function startHolder(kind: "ours" | "proper", folder: string) {
  const holder = startContender(kind, folder, 0, -1);
  await holder.lines(1);
  return holder;
}
