// windowsAgent.ts PORT: runs under Wine, on Node for Windows; starts programs for windows.ts, which
// asks over a loopback connection
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, rmdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";

interface StartOrder {
  do: "start";
  file: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd: string;
  /** The command line is complete: nothing is quoted. */
  verbatim: boolean;
  readerIsGone: boolean;
}

export type Order =
  | StartOrder
  | { do: "kill"; of: number }
  | { do: "killProcess"; pid: number }
  | { do: "hold"; path: string; flags: number }
  | { do: "release"; path: string }
  | { do: "removeFolder"; path: string }
  | { do: "writeFile"; path: string; text: string };

type Numbered<T> = T & { id: number };

const socket = connect(Number(process.argv[2]), "127.0.0.1");
const children = new Map<number, ChildProcess>();
const held = new Map<string, number>();

function tell(id: number, answer: { done: unknown } | { failed: string }): void {
  socket.write(`${JSON.stringify({ id, ...answer })}\n`);
}

createInterface({ input: socket }).on("line", (line) => {
  const order: Numbered<Order> = JSON.parse(line);
  try {
    if (order.do === "start") start(order);
    else tell(order.id, { done: obey(order) ?? null });
  } catch (error) {
    tell(order.id, { failed: String(error) });
  }
});
socket.on("close", () => process.exit(0));
// Closes the connection before the process ends, if it can.
socket.on("error", () => process.exit(0));

function obey(order: Exclude<Order, StartOrder>): unknown {
  switch (order.do) {
    case "kill":
      return children.get(order.of)?.kill("SIGKILL");
    case "killProcess":
      return process.kill(order.pid, "SIGKILL");
    case "hold":
      return void held.set(order.path, openSync(order.path, order.flags));
    case "release":
      return closeSync(held.get(order.path) ?? -1);
    case "removeFolder":
      return rmdirSync(order.path);
    case "writeFile":
      return writeFileSync(order.path, order.text);
  }
}

function start({ id, file, args, env, cwd, verbatim, readerIsGone }: Numbered<StartOrder>): void {
  const began = performance.now();
  const child = spawn(file, args, {
    env,
    cwd,
    windowsVerbatimArguments: verbatim,
    argv0: verbatim ? `"${file}"` : file,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.set(id, child);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  if (readerIsGone) child.stdout.destroy();
  child.once("error", (error) => tell(id, { failed: String(error) }));
  child.once("close", (code, signal) => {
    children.delete(id);
    tell(id, { done: { code, signal, ...output, ms: performance.now() - began } });
  });
}
