import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const module = (path: string) => JSON.stringify(import.meta.resolve(`../../../src/${path}`));

/** The signal comes before the command starts; JavaScript would see it only after that. */
const EARLY = `
import { realSystem } from ${module("platform/realSystem.ts")};
import { runCommand } from ${module("exec/runCommand.ts")};
const system = realSystem();
process.kill(process.pid, "SIGINT");
try {
  await runCommand(["echo", "started"], process.env, { ...system, terminal: () => ({}) });
} catch (error) {
  console.log(error.kind);
}
`;

it("a Ctrl-C from before the command ends the run, and the command does not start", () => {
  const words = ["--no-warnings", "--input-type=module", "-e", EARLY];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["cancelled\n", ""]);
});
