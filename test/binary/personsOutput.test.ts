import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { type BinaryWorld, binaryWorld, signedIn, signedInWorld } from "../support/binaryWorld.ts";
import { sessionSection } from "../support/home.ts";
import { BINARY, bareEnv, runShell } from "../support/run.ts";

const ROLES = 1_000;

/** A world whose listing as JSON is longer than a pipe's capacity. */
async function signedInToMuch(): Promise<BinaryWorld> {
  const world = await signedInWorld({ center: { accounts: generateAccounts(1, ROLES) } });
  return world;
}

it("a listing reaches a reader completely that reads nothing for longer than SSO_CRED_WAIT", async () => {
  const { options, home } = await signedInToMuch();
  const command = `{ "$SSO_CRED" list --json; echo $? >code; } | { sleep 2; cat; }`;
  const { stdout, stderr } = await runShell(command, {
    ...options,
    env: { ...options.env, SSO_CRED_WAIT: "1" },
  });
  expect([JSON.parse(stdout).length, stderr, await home.read("code")]).toEqual([ROLES, "", "0\n"]);
});

it("a command's output waits for a slow reader, too", async () => {
  const { options, home } = await binaryWorld();
  const filler = "dd if=/dev/zero bs=65536 count=1 status=none";
  const command = `{ { ${filler}; "$SSO_CRED" list nope; echo $? >code; } 2>&1; } | { sleep 2; cat; }`;
  const { stdout } = await runShell(command, options);
  expect(stdout.replaceAll("\0", "")).toMatch(/^sso-cred: .* has no \[sso-session nope\]/);
  expect(await home.read("code")).toBe("3\n");
});

it.each(["list", "list --json", "status", "--help", "login --help", "--version"])(
  "%s ends without an error when its reader has gone",
  async (args) => {
    const { options } = await signedInToMuch();
    expect(await runWithoutReader(args, options)).toBe("0\n");
  },
);

it("a logout is completed even if its reader has gone after the first line", async () => {
  const world = await signedInWorld({ config: sessionSection("corp") + sessionSection("other") });
  await signedIn(world, {}, "other");
  expect(await runWithoutReader("logout --all", world.options)).toBe("0\n");
  expect(await world.home.files(".aws/sso/cache")).toEqual([]);
  expect(world.center.count("/logout")).toBe(2);
});

it("Ctrl-C ends a listing that waits for its reader", async () => {
  const { options, home } = await signedInToMuch();
  const pipe = join(home.path, "pipe");
  execFileSync("mkfifo", [pipe]);
  const fd = openSync(pipe, constants.O_RDWR);
  const child = spawn(BINARY, ["list", "--json"], {
    env: bareEnv(options),
    stdio: ["ignore", fd, "inherit"],
    timeout: 50_000,
  });
  const ended = once(child, "exit");
  await expect.poll(() => catchesInterrupt(child.pid)).toBe(true);
  await expect.poll(() => catchesInterrupt(child.pid)).toBe(false);
  child.kill("SIGINT");
  expect(await ended).toEqual([null, "SIGINT"]);
  closeSync(fd);
});

/** Runs a command whose reader has gone. Returns its exit code and standard error. */
async function runWithoutReader(args: string, options: BinaryWorld["options"]): Promise<string> {
  const writer = `{ read x <go; "$SSO_CRED" ${args}; echo $? >code; }`;
  const command = `mkfifo go; { ${writer} | { exec <&-; echo >go; }; } 2>err; cat code err`;
  return (await runShell(command, options)).stdout;
}

/** proc(5): the second bit of SigCgt is SIGINT's. */
function catchesInterrupt(pid: number | undefined): boolean {
  const [, caught = "0"] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return (BigInt(`0x${caught}`) & 2n) !== 0n;
}
