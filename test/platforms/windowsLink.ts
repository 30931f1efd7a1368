import { spawn } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Order } from "./windowsAgent.ts";
import type { Wine } from "./wine.ts";

const DEADLINE_MS = 60_000;

/** A process that starts others inside, by its Windows PID. */
interface Agent {
  ask(order: Order): { id: number; done: Promise<unknown> };
  close(): void;
}

/** Starts the agent: programs started from outside are slow, and get Wine's environment. */
export async function startAgent({ program, environment }: Wine, words: readonly string[]): Promise<Agent> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const process = spawn(program, [...words, String(port)], { env: environment, stdio: "ignore" });
  const socket = await new Promise<Socket>((resolve, reject) => {
    server.once("connection", resolve);
    process.once("exit", (code) => reject(new Error(`Node for Windows ended with ${code} under Wine`)));
    setTimeout(() => reject(new Error("Node for Windows does not start under Wine")), DEADLINE_MS).unref();
  });
  server.close();
  let last = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  createInterface({ input: socket }).on("line", (line) => {
    const { id, done, failed } = JSON.parse(line);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) asked?.resolve(done);
    else asked?.reject(new Error(failed));
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("Node for Windows has ended under Wine"));
  });
  return {
    ask(order) {
      const id = ++last;
      const done = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      done.catch(() => {});
      socket.write(`${JSON.stringify({ ...order, id })}\n`);
      return { id, done };
    },
    close: () => socket.destroy(),
  };
}
