import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../interop/world.ts";
import type { RunResult } from "../support/run.ts";
import type { Expect, Figures } from "./report.ts";
import { isGoodOutput } from "./stage.ts";
import { tokenFault } from "./tokenFault.ts";

/** A repeated command. `failures`: failed ones; `twice`: those that failed again when repeated. */
interface Loop {
  name: string;
  commands: number;
  failures: number;
  twice: number;
}

/** `pause`: milliseconds between two commands. `run` includes a command's second attempt. */
export interface Pace {
  lasts(): boolean;
  pause?(): number;
  run?<T>(command: () => Promise<T>): Promise<T>;
}

const alone = <T>(command: () => Promise<T>) => command();

/** Main-job calls, which never fail. */
export async function ourLoop(
  world: World,
  { lasts, pause, run = alone }: Pace,
  expect: Expect,
  call: { roleName: string; env?: Record<string, string> },
): Promise<Loop> {
  const loop = { name: "ours", commands: 0, failures: 0, twice: 0 };
  while (lasts()) {
    loop.commands++;
    const { code, stdout, stderr } = await run(() => world.call(call).done);
    const good = code === 0 && isGoodOutput(stdout, world.center);
    if (!good) loop.failures++;
    expect(good, `ours: exit ${code}: ${stderr.trim()}`);
    if (pause) await sleep(pause());
  }
  return loop;
}

/** Another tool may fail once on a file that changed meanwhile. The second attempt must succeed. */
export async function theirLoop(
  name: string,
  command: () => Promise<RunResult>,
  { lasts, run = alone }: Pace,
  expect: Expect,
): Promise<Loop> {
  const loop = { name, commands: 0, failures: 0, twice: 0 };
  while (lasts()) {
    loop.commands++;
    await run(async () => {
      if ((await command()).code === 0) return;
      loop.failures++;
      const { code, stderr } = await command();
      if (code === 0) return;
      loop.twice++;
      expect(false, `${name} failed twice: ${stderr.trim().split("\n").at(-1)}`);
    });
  }
  return loop;
}

export function loopFigures(loops: readonly Loop[]): Figures {
  const text = ({ commands, failures, twice }: Loop) =>
    failures === 0 ? `${commands}` : `${commands} (${failures} failed once, ${twice} twice)`;
  const ours = loops.filter(({ name }) => name === "ours");
  const sum = ours.reduce((total, { commands }) => total + commands, 0);
  const failures = ours.reduce((total, loop) => total + loop.failures, 0);
  return {
    ours: `${sum} calls, ${failures} failed`,
    theirs: loops
      .filter(({ name }) => name !== "ours")
      .map((loop) => `${loop.name} ${text(loop)}`)
      .join(", "),
  };
}

/** The cached state must serve us without a person: before all callers start, after they end. */
export async function expectUsable(world: World, expect: Expect): Promise<void> {
  const before = tokenFault(world);
  expect(before === undefined, `the token file at the end: ${before}`);
  await expectLastCall(world, expect, { SSO_CRED_LOGIN: "never" });
}

export async function expectLastCall(
  world: World,
  expect: Expect,
  env: Record<string, string> = {},
): Promise<void> {
  const last = await world.call({ env }).done;
  expect(
    last.code === 0 && isGoodOutput(last.stdout, world.center),
    `last call: exit ${last.code}: ${last.stderr.trim()}`,
  );
  const after = tokenFault(world);
  expect(after === undefined, `the token file after the last call: ${after}`);
}
