// windowsConsole.ts ORDER: runs under Wine on the console that Wine makes of a terminal; starts one
// program there, with an environment that Wine would not let through
import { spawn } from "node:child_process";

/** In base64, because neither a shell nor Wine changes that. */
export interface ConsoleOrder {
  file: string;
  args: readonly string[];
  env: Record<string, string>;
  cwd: string;
  /** Standard input, output and error are pipes, as in an SDK, and are shown at the end. */
  isPiped: boolean;
}

const order: ConsoleOrder = JSON.parse(Buffer.from(process.argv[2] ?? "", "base64").toString());
// Ctrl-C reaches all processes on the console. This one survives to report the other's end.
process.on("SIGINT", () => {});
const { file, args, env, cwd, isPiped } = order;
const child = spawn(file, args, { env, cwd, stdio: isPiped ? ["ignore", "pipe", "pipe"] : "inherit" });
let output = "";
for (const stream of [child.stdout, child.stderr]) {
  stream?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
}
child.once("close", (code) => {
  process.stdout.write(`${output}\nended with ${code}\n`);
});
