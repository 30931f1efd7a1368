import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import {
  identifyMachine,
  identifyProcess,
  processStat,
  processState,
} from "../../../src/system/processIdentity.ts";

it("tells of this process that it lives", () => {
  expect(processState(identifyProcess())).toBe("alive");
});

it("tells of another process that it lives, and then that it is dead", async () => {
  const child = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const identity = identifyProcess(child.pid);
  expect(processState(identity)).toBe("alive");
  child.kill("SIGSTOP");
  expect(processState(identity)).toBe("alive");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(processState(identity)).toBe("dead");
});

it("tells of a process of somebody else's that it lives", () => {
  expect(processState(identifyProcess(1))).toBe("alive");
});

it.each([
  ["another start time: the number was given away again", { started: "12345" }],
  ["another boot", { boot: "another" }],
  ["a start later than now", { uptimeSeconds: 1e9 }],
  ["a number that no process has", { pid: 4_194_304 }],
])("takes for dead a process with %s", (_, change) => {
  expect(processState({ ...identifyProcess(), ...change })).toBe("dead");
});

it("knows nothing of a process of another host", () => {
  expect(processState({ ...identifyProcess(), host: "elsewhere", boot: "another", pid: 4_194_304 })).toBe(
    "unknown",
  );
});

it("names the same machine each time, by host, PID namespace and boot", () => {
  expect(identifyMachine()).toEqual(identifyMachine());
  if (process.platform === "linux") expect(identifyMachine().host).toMatch(/ pid:\[\d+\]$/);
});

it.runIf(process.platform === "linux")("takes a zombie for dead", async () => {
  // The shell does not wait for its child, which has ended.
  const shell = spawn("/bin/sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(shell.stdout.setEncoding("utf8"), "data");
  const pid = Number(line);
  const before = identifyProcess(pid);
  for (const deadline = Date.now() + 10_000; processStat(pid)[0] !== "Z" && Date.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(processStat(pid)[0]).toBe("Z");
  expect(processState(before)).toBe("dead");
  shell.kill("SIGKILL");
});
