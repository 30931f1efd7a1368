import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import {
  identifyMachine,
  identifyProcess,
  isThisMachine,
  processStat,
  processState,
} from "../../../src/platform/processIdentity.ts";

it("finds this process alive", () => {
  expect(processState(identifyProcess())).toBe("alive");
});

it("finds another process alive, and dead once it was killed", async () => {
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

it("finds another user's process alive", () => {
  expect(processState(identifyProcess(1))).toBe("alive");
});

it.each([
  ["another start time: the number was given away again", { started: "12345" }],
  ["another boot", { boot: "another" }],
  ["a start later than now", { uptimeSeconds: 1e9 }],
  ["a number that no process has", { pid: 4_194_304 }],
])("finds dead a process with %s", (_, change) => {
  expect(processState({ ...identifyProcess(), ...change })).toBe("dead");
});

it.each([
  ["host", { host: "elsewhere", boot: "another" }],
  ["container on this host", { pidNamespace: "pid:[1]" }],
  ["system of the same name: Windows, in a folder that WSL shares", { boot: "", pidNamespace: "" }],
])("cannot tell about a process of another %s", (_, change) => {
  expect(processState({ ...identifyProcess(), ...change, pid: 4_194_304 })).toBe("unknown");
});

it.runIf(process.platform === "linux")(
  "recognises processes after the network has renamed the machine (on Linux)",
  () => {
    const renamed = { ...identifyProcess(), host: "dhcp-17.example" };
    expect([isThisMachine(renamed), processState(renamed)]).toEqual([true, "alive"]);
    expect(processState({ ...renamed, pid: 4_194_304 })).toBe("dead");
  },
);

it("identifies the machine in the same way each time", () => {
  expect(identifyMachine()).toEqual(identifyMachine());
  expect(isThisMachine(identifyMachine())).toBe(true);
  expect(identifyMachine().pidNamespace).toMatch(process.platform === "linux" ? /^pid:\[\d+\]$/ : /^$/);
});

/** A process whose parent does not wait for it: the shell, which would, has become `sleep`. */
async function zombie() {
  const shell = spawn("/bin/sh", ["-c", "exec 3<&0; cat <&3 & echo $!; exec sleep 60"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void shell.kill("SIGKILL"));
  const [line] = await once(shell.stdout.setEncoding("utf8"), "data");
  const pid = Number(line);
  const before = identifyProcess(pid);
  await expect.poll(() => readFileSync(`/proc/${shell.pid}/comm`, "utf8")).toBe("sleep\n");
  shell.stdin.end();
  await expect.poll(() => processStat(pid)[0]).toBe("Z");
  return { pid, before };
}

it.runIf(process.platform === "linux")("finds a zombie dead (on Linux)", async () => {
  const { pid, before } = await zombie();
  expect([before, identifyProcess(pid)].map((identity) => processState(identity))).toEqual(["dead", "dead"]);
});

it.runIf(process.platform === "linux")("finds a zombie dead by ps, too (on Linux)", async () => {
  const { pid } = await zombie();
  expect(processState({ ...identifyProcess(), pid, started: "earlier" }, "darwin")).toBe("dead");
});

it.skipIf(process.platform === "win32")(
  "recognises a reused PID by the start date of its process (not on Windows)",
  () => {
    const identity = identifyProcess(process.pid, "darwin");
    expect(identity.started).toMatch(/^\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4}$/);
    expect(processState(identity, "darwin")).toBe("alive");
    expect(processState({ ...identity, started: "Mon Jan  1 00:00:00 2024" }, "darwin")).toBe("dead");
    expect(processState({ ...identity, started: "" }, "darwin")).toBe("alive");
  },
);
