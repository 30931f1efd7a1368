import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { binaryWorld } from "../support/binaryWorld.ts";
import { CONFIG, EXEC, execWorld, SH } from "../support/execWorld.ts";
import { KEYS, startBinaryOnTerminal, startOnTerminal } from "../support/pty.ts";
import { BINARY } from "../support/run.ts";

describe("exec on a terminal", () => {
  it("signs the person in first, whatever the mode of the main job", async () => {
    const made = await binaryWorld({ config: CONFIG, env: { SSO_CRED_LOGIN: "never" }, browser: "ignore" });
    const running = startBinaryOnTerminal(
      [...EXEC, "--no-browser", "--", "sh", "-c", "echo key: $AWS_ACCESS_KEY_ID"],
      made.options,
    );
    await made.pending("open");
    await running.waitFor(/https?:/);
    await fetch((await made.pending("open")).url ?? "");
    const { code, screen } = await running.done;
    expect(code).toBe(0);
    expect(screen).toMatch(/key: ASIA/);
  });

  it("passes Ctrl-C to the command, once", async () => {
    const { options } = await execWorld();
    const script =
      "trap 'echo once' INT; echo ready; n=0; while [ $n -lt 40 ]; do sleep 0.05; n=$((n+1)); done";
    const running = startBinaryOnTerminal([...SH, script], options);
    await running.waitFor("ready");
    running.type(KEYS.controlC);
    const { code, screen } = await running.done;
    expect([code, screen.split("once").length]).toEqual([0, 2]);
  });

  it("stops at Ctrl-Z and continues with fg", async () => {
    const { options } = await execWorld();
    const shell = startOnTerminal("/bin/bash", ["--norc", "-i"], {
      ...options,
      env: { ...options.env, PS1: "$ ", SSO: BINARY },
    });
    shell.type('"$SSO" exec --profile dev -- sh -c \'echo rea""dy; read x; echo "<$x>"\'\r');
    await shell.waitFor("\nready");
    shell.type("\u001a");
    await shell.waitFor("Stopped");
    shell.type("fg\r");
    await shell.waitFor(/Stopped[\s\S]*\$ fg/);
    shell.type("again\r");
    await shell.waitFor("<again>");
    shell.type("exit\r");
    await shell.done;
  });

  const fullScreen = [
    { program: "less", args: [], quit: "q" },
    { program: "vim", args: ["-u", "NONE", "-R"], quit: ":q\r" },
  ];
  for (const { program, args, quit } of fullScreen) {
    it.skipIf(!existsSync(`/usr/bin/${program}`))(
      `lets a full-screen program work: ${program}, where there is one`,
      async () => {
        const { options } = await execWorld();
        const running = startBinaryOnTerminal([...EXEC, "--", program, ...args, "/etc/passwd"], options);
        await running.waitFor("root:");
        running.type(quit);
        expect((await running.done).code).toBe(0);
      },
    );
  }
});
