import { chmodSync, copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { PROGRAM } from "../support/builtExecutable.ts";
import { type RunResult, runShell } from "../support/run.ts";
import { programVersionLine } from "../support/versionLine.ts";

/** NODE_DEBUG makes the program restart at once, although its file has been removed before. */
async function runDeleted(world: BinaryWorld, args: readonly string[]): Promise<RunResult> {
  const copy = join(world.home.path, "sso-cred");
  copyFileSync(PROGRAM, copy);
  const words = args.map((word) => `'${word}'`).join(" ");
  const result = await runShell(`exec 3<"$COPY" && rm "$COPY" && exec /proc/self/fd/3 ${words}`, {
    ...world.options,
    env: { ...world.options.env, COPY: copy, NODE_DEBUG: "net,module", SSO_CRED_WAIT: "20" },
  });
  expect(existsSync(copy)).toBe(false);
  return result;
}

/** The path that Linux shows for a deleted file. */
function squat(world: BinaryWorld, content: string): void {
  const path = join(world.home.path, "sso-cred (deleted)");
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}

describe.runIf(process.platform === "linux")("when its file was deleted while it ran (on Linux)", () => {
  test("it restarts without the variables that Node obeys", async () => {
    const world = await binaryWorld();
    const { code, stdout, stderr } = await runDeleted(world, ["--version"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: programVersionLine(), stderr: "" });
  });

  test.each(["", "this is no program\n", "#!/bin/sh\necho intruder\n"])(
    "and %j is in its place, it restarts itself and not that file",
    async (content) => {
      const world = await binaryWorld();
      squat(world, content);
      const { code, stdout, stderr } = await runDeleted(world, ["--version"]);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: programVersionLine(), stderr: "" });
    },
  );

  test("it asks the portal", async () => {
    const world = await signedInWorld();
    const { code, stdout, stderr } = await runDeleted(world, MAIN_JOB);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout).AccountId).toBe("123456789011");
  });

  test("it starts the process that signs in", async () => {
    const world = await binaryWorld();
    expect(await runDeleted(world, MAIN_JOB)).toMatchObject({ code: 0, stderr: "" });
    expect(world.browser.opened()).toHaveLength(1);
    await world.noWorker();
  });
});
