import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { SSO_KEYS, sessionSection } from "../support/home.ts";
import { placeExecutable, runShell } from "../support/run.ts";

const ROLE = MAIN_JOB.join(" ");
const OTHERS = `${sessionSection("corp")}[profile ops]\n${SSO_KEYS}`;

/** A home with the executable in `own` and, by a link, in `my tools`; HOME stands for its path. */
async function worldWith(line: string): Promise<BinaryWorld> {
  const world = await binaryWorld();
  placeExecutable(join(world.home.path, "own"));
  mkdirSync(join(world.home.path, "my tools"));
  symlinkSync(join(world.home.path, "own/sso-cred"), join(world.home.path, "my tools/sso-cred"));
  await writeLine(world, line.replace("HOME/", `${world.home.path}/`));
  return world;
}

async function writeLine({ home }: BinaryWorld, line: string): Promise<void> {
  await home.write(".aws/config", `${OTHERS}[profile dev]\ncredential_process = ${line}\n`);
}

interface CommandFinding {
  id: string;
  run?: string;
  fix?: string;
}

async function commandFindings(world: BinaryWorld): Promise<CommandFinding[]> {
  const { stdout } = await shell(world, "sso-cred doctor --offline --json");
  return JSON.parse(stdout).filter(({ id }: CommandFinding) => id.startsWith("command-"));
}

/** Runs what a person types for whom sso-cred is an alias. */
function shell({ home, options }: BinaryWorld, line: string) {
  return runShell(line.replace(/^sso-cred /, `${home.path}/own/sso-cred `), options);
}

describe("what doctor says of the command of a profile", () => {
  it.each([
    ["command-tilde", "~/bin/sso-cred"],
    ["command-missing", "/nowhere/sso-cred"],
    ["command-missing", "./sso-cred"],
    ["command-missing", "sso-cred"],
    ["command-quoting", "$SOMEWHERE/bin/sso-cred"],
  ])("%s is mended by the command that it names: %s", async (id, program) => {
    const world = await worldWith(`${program} ${ROLE}`);
    const [finding] = await commandFindings(world);
    expect(finding?.id).toBe(id);
    expect((await shell(world, finding?.run ?? "")).code).toBe(0);
    expect(await commandFindings(world)).toEqual([]);
  });

  it.each([
    ["command-quoting", "HOME/my tools/sso-cred", ROLE],
    ["command-missing", "/nowhere/sso-cred", "--profile ops"],
    ["command-tilde", "~/sso-cred", "--profile ops"],
  ])("%s is mended by the line that it names: %s", async (id, program, rest) => {
    const world = await worldWith(`${program} ${rest}`);
    const [finding] = await commandFindings(world);
    expect(finding?.id).toBe(id);
    const line = `${world.home.path}/own/sso-cred ${rest}`;
    expect(finding?.fix).toBe(`write credential_process = ${line}`);
    await writeLine(world, line);
    expect(await commandFindings(world)).toEqual([]);
  });

  it.each([`/usr/bin/env sso-cred ${ROLE}`, '"HOME/my tools/sso-cred" --profile ops'])(
    "is nothing where every client can run it: %s",
    async (line) => {
      expect(await commandFindings(await worldWith(line))).toEqual([]);
    },
  );
});
