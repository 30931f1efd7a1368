import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binaryWorld, expireToken, MAIN_JOB } from "../support/binaryWorld.ts";
import { PROGRAM } from "../support/builtExecutable.ts";
import { BINARY, start } from "../support/run.ts";
import { canTrace } from "../support/systemCalls.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Runs a command with all its children under strace. Returns the system calls. */
async function watched(
  world: Awaited<ReturnType<typeof binaryWorld>>,
  args: readonly string[],
): Promise<string[]> {
  const folder = temporaryFolder();
  const calls =
    "connect,bind,listen,sendto,sendmsg,execve,open,openat,creat,rename,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,chmod,fchmodat,symlink,symlinkat";
  const command = [
    "-ff",
    "-qq",
    "-s",
    "300",
    "-o",
    join(folder, "calls"),
    "-e",
    `trace=${calls}`,
    BINARY,
    ...args,
  ];
  const { code, stderr } = await start("strace", command, { ...world.options, deadlineMs: 50_000 }).done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await world.noWorker();
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
  return lines.filter((line) => !/= -1 E(NOENT|EXIST)/.test(line));
}

test.skipIf(!canTrace)(
  "a sign-in, a refresh and a logout connect to the configured endpoint, listen on 127.0.0.1, write below ~/.aws, and start nothing else (needs strace)",
  async () => {
    const world = await binaryWorld({ env: { TMPDIR: "/nonexistent" } });
    const { home, center, browser } = world;
    const calls = await watched(world, MAIN_JOB);
    await expireToken(home);
    calls.push(
      ...(await watched(world, [...MAIN_JOB.slice(0, 4), "Admin"])),
      ...(await watched(world, ["logout"])),
    );
    expect(center.count("/logout")).toBe(1);

    // The browser is the person's program, and here runs the executable of the tests.
    const programs = calls.filter((line) => line.startsWith("execve(")).map((line) => line.split('"')[1]);
    expect(new Set(programs)).toEqual(new Set([BINARY, PROGRAM, browser.command, process.execPath]));

    const endpoint = new RegExp(
      `sin_port=htons\\(${new URL(center.url).port}\\), sin_addr=inet_addr\\("127\\.0\\.0\\.1"\\)`,
    );
    const connects = calls.filter((line) => /^(connect|sendto|sendmsg)\(.*AF_INET/.test(line));
    const listeners = calls.filter((line) => line.startsWith("bind("));
    expect(listeners.filter((line) => !line.includes('inet_addr("127.0.0.1")'))).toEqual([]);
    const callbackPort = new URL(new URL(browser.opened()[0] ?? "").searchParams.get("redirect_uri") ?? "")
      .port;
    const callback = new RegExp(`sin_port=htons\\(${callbackPort}\\).*"127\\.0\\.0\\.1"`);
    expect(connects.some((line) => endpoint.test(line))).toBe(true);
    expect(connects.filter((line) => !endpoint.test(line) && !callback.test(line))).toEqual([]);

    const opens = calls.filter(
      (line) => /^(open|openat|creat)\(/.test(line) && /O_WRONLY|O_RDWR|O_CREAT/.test(line),
    );
    const changes = calls.filter((line) =>
      /^(rename|link|unlink|mkdir|chmod|fchmodat|symlink)\w*\(/.test(line),
    );
    const places = [...opens, ...changes].flatMap((line) => line.match(/(?<=")\/[^"]*(?=")/g) ?? []);
    expect(places.length).toBeGreaterThan(20);
    const allowed = [`${home.path}/.aws/`, `${browser.command}.opened`, "/dev/null", "/dev/tty"];
    expect(places.filter((path) => !allowed.some((start) => path.startsWith(start)))).toEqual([]);
  },
);
