import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import {
  identifyMachine,
  identifyProcess,
  isThisMachine,
  processStat,
  processState,
} from "../../../src/platform/processIdentity.ts";

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

it.each([
  ["host", { host: "elsewhere", boot: "another" }],
  ["container on this host", { pidNamespace: "pid:[1]" }],
])("knows nothing of a process of another %s", (_, change) => {
  expect(processState({ ...identifyProcess(), ...change, pid: 4_194_304 })).toBe("unknown");
});

it.runIf(process.platform === "linux")(
  "knows its processes when a network gives the machine another name",
  () => {
    const renamed = { ...identifyProcess(), host: "dhcp-17.example" };
    expect([isThisMachine(renamed), processState(renamed)]).toEqual([true, "alive"]);
    expect(processState({ ...renamed, pid: 4_194_304 })).toBe("dead");
  },
);

it("names the same machine each time", () => {
  expect(identifyMachine()).toEqual(identifyMachine());
  expect(isThisMachine(identifyMachine())).toBe(true);
  if (process.platform === "linux") expect(identifyMachine().pidNamespace).toMatch(/^pid:\[\d+\]$/);
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
  expect([before, identifyProcess(pid)].map(processState)).toEqual(["dead", "dead"]);
  shell.kill("SIGKILL");
});
