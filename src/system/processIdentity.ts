import { readFileSync, readlinkSync } from "node:fs";
import { hostname, uptime } from "node:os";

/** Who wrote one of our state files: enough to tell, later and from another process, whether it still runs. */
export interface ProcessIdentity {
  /** Host name, on Linux with the PID namespace: PIDs mean something only inside one. */
  host: string;
  /** The kernel's boot id on Linux, else empty. */
  boot: string;
  pid: number;
  /** Start time of the process in clock ticks since boot (Linux), so that a reused PID is told apart; else empty. */
  started: string;
  /** Seconds since boot, a clock that no one sets. */
  uptimeSeconds: number;
}

export function identifyProcess(pid = process.pid): ProcessIdentity {
  return { ...identifyMachine(), pid, started: startTicks(pid), uptimeSeconds: Math.floor(uptime()) };
}

export function identifyMachine(): Pick<ProcessIdentity, "host" | "boot"> {
  return {
    host: [hostname(), attempt(() => readlinkSync("/proc/self/ns/pid"))].filter(Boolean).join(" "),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  };
}

/** Whether that process runs: `unknown` when it belongs to another host, where nobody here can look. */
export function processState(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  const machine = identifyMachine();
  if (identity.host !== machine.host) return "unknown";
  if (identity.boot !== machine.boot || identity.uptimeSeconds > uptime() + 1) return "dead";
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "dead";
  }
  return startTicks(identity.pid) === identity.started ? "alive" : "dead";
}

/** Fields after the command name of `/proc/PID/stat` (proc(5)); empty where there is no such file. */
export function processStat(pid: number | "self"): string[] {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function startTicks(pid: number): string {
  const stat = processStat(pid);
  // A zombie has ended; only its parent has not looked yet.
  return stat[0] === "Z" ? "ended" : (stat[19] ?? "");
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
