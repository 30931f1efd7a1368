import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import {
  type BinaryWorld,
  binaryWorld,
  cachedWorld,
  MAIN_JOB,
  signedInWorld,
} from "../support/binaryWorld.ts";
import { fullSocket } from "../support/fullSocket.ts";
import { type OnTerminal, startOnTerminal } from "../support/pty.ts";
import { BINARY, bareEnv } from "../support/run.ts";
import { descriptorsOf } from "../support/systemCalls.ts";

const LINE = `"$SSO_CRED" ${MAIN_JOB.join(" ")}`;
const CTRL_S = "\u0013";
const CTRL_Q = "\u0011";
const TAKES_NOTHING = "sso-cred: the output cannot be written (EAGAIN)\n";
const PATIENT = { timeout: 40_000 };
const SHORT = { SSO_CRED_WAIT: "1" };

describe.each([
  ["a hit", cachedWorld],
  ["a miss", () => signedInWorld()],
])("%s", (_, makeWorld) => {
  it("into a full socket that nobody reads ends with exit 7 once its time is over", async () => {
    const world = await makeWorld();
    const { fd } = await fullSocket();
    const child = startInto(world, fd, "pipe", SHORT);
    const said = text(child.stderr as NodeJS.ReadableStream);
    expect(await once(child, "exit")).toEqual([7, null]);
    expect(await said).toBe(TAKES_NOTHING);
  });

  it("into a full socket waits for the reader, prints once there is room, and leaves the socket as it was", async () => {
    const world = await makeWorld();
    const socket = await fullSocket();
    const child = startInto(world, socket.fd, "pipe");
    await expect.poll(() => blocks(socket.fd), PATIENT).toBe(false);
    const ended = once(child, "exit");
    const printed = socket.read();
    expect(await ended).toEqual([0, null]);
    expect(blocks(socket.fd)).toBe(true);
    socket.end();
    expect(JSON.parse(await printed)).toMatchObject({ Version: 1, AccountId: "123456789011" });
  });

  it.each(["", " --json"])(
    "%s on a terminal that is held (Ctrl-S) ends with exit 7 once its time is over",
    async (json) => {
      const { home, options } = await makeWorld();
      const running = await startHeld(`${LINE}${json} 2>err`, {
        ...options,
        env: { ...options.env, ...SHORT },
      });
      await expect.poll(() => home.exists("code"), PATIENT).toBe(true);
      expect([await home.read("code"), await home.read("err")]).toEqual(["7\n", TAKES_NOTHING]);
      running.type(CTRL_Q);
      expect((await running.done).screen).not.toMatch(/SecretAccessKey|They expire/);
    },
  );

  it("on a terminal that is held prints once it goes on", async () => {
    const { home, options } = await makeWorld();
    const running = await startHeld(`${LINE} --json 2>err & echo $! >pid; wait $!`, {
      ...options,
      columns: 2_000,
    });
    await expect.poll(() => home.read("pid").catch(() => ""), PATIENT).toMatch(/\n/);
    const pid = (await home.read("pid")).trim();
    await expect.poll(() => terminalsOf(pid), PATIENT).toBe(2);
    running.type(CTRL_Q);
    const { screen } = await running.done;
    expect(JSON.parse(screen.slice(screen.indexOf("{")))).toMatchObject({ Version: 1 });
    expect([await home.read("code"), await home.read("err")]).toEqual(["0\n", ""]);
  });
});

describe("a failing run", () => {
  const failing = ["nope", ...MAIN_JOB.slice(1)];

  it("whose standard error is a full socket ends with its exit code", async () => {
    const { fd } = await fullSocket();
    const child = startInto(await binaryWorld(), "pipe", fd, {}, failing);
    expect(await once(child, "exit")).toEqual([3, null]);
  });

  it("on a terminal that is held ends with its exit code", async () => {
    const { home, options } = await binaryWorld();
    const running = await startHeld(`"$SSO_CRED" ${failing.join(" ")}`, options);
    await expect.poll(() => home.exists("code"), PATIENT).toBe(true);
    expect(await home.read("code")).toBe("3\n");
    running.type(CTRL_Q);
    await running.done;
  });

  it("with both streams full ends with its exit code", async () => {
    const { fd } = await fullSocket();
    const child = startInto(await cachedWorld(), fd, fd, SHORT);
    expect(await once(child, "exit")).toEqual([7, null]);
  });
});

function startInto(
  { options }: BinaryWorld,
  stdout: number | "pipe",
  stderr: number | "pipe",
  env: Record<string, string> = {},
  args = MAIN_JOB,
): ChildProcess {
  const environment = bareEnv({ ...options, env: { ...options.env, ...env } });
  return spawn(BINARY, args, { env: environment, stdio: ["ignore", stdout, stderr], timeout: 40_000 });
}

/** A shell on a terminal that was stopped with Ctrl-S. Its exit code goes into the file `code`. */
async function startHeld(
  command: string,
  options: BinaryWorld["options"] & { columns?: number },
): Promise<OnTerminal> {
  // Without ixany, with which any key would resume the output.
  const script = `stty -ixany; echo ready; read go; ${command}; echo $? >code`;
  const running = startOnTerminal("/bin/sh", ["-c", script], {
    ...options,
    env: { SSO_CRED: BINARY, ...options.env },
  });
  await running.waitFor("ready");
  running.type(`${CTRL_S}\n`);
  return running;
}

/** True if writes to this process's descriptor block. The open file is shared with the child. */
function blocks(fd: number): boolean {
  const [, flags = ""] = /flags:\s*([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8")) ?? [];
  return (Number.parseInt(flags, 8) & 0o4000) === 0;
}

/** The number of the process's descriptors that are open on a terminal. */
const terminalsOf = (pid: string) => descriptorsOf(pid).filter((file) => file.includes("pts")).length;
