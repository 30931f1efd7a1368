import { readFileSync, readlinkSync } from "node:fs";
import { hostname, uptime } from "node:os";

/** Who wrote one of our state files: enough to tell, later and from another process, whether it still runs. */
export interface ProcessIdentity {
  /** The host's name, which DHCP and VPNs may change while it runs. */
  host: string;
  /** The kernel's boot id on Linux, else empty. */
  boot: string;
  /** The PID namespace on Linux, else empty: PIDs mean something only inside one. */
  pidNamespace: string;
  pid: number;
  /** Start time of the process in clock ticks since boot (Linux), so that a reused PID is told apart; else empty. */
  started: string;
  /** Seconds since boot, a clock that no one sets. */
  uptimeSeconds: number;
}

export function identifyProcess(pid = process.pid): ProcessIdentity {
  return { ...identifyMachine(), pid, started: startTicks(pid), uptimeSeconds: Math.floor(uptime()) };
}

type Machine = Pick<ProcessIdentity, "host" | "boot" | "pidNamespace">;

export function identifyMachine(): Machine {
  return {
    host: hostname(),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/** Whether that is this machine since its last start, and the same PIDs; by the host's name only where nothing better tells. */
export function isThisMachine({
  host,
  boot,
  pidNamespace,
}: Readonly<Record<keyof Machine, unknown>>): boolean {
  const here = identifyMachine();
  if (boot !== here.boot || pidNamespace !== here.pidNamespace) return false;
  return here.boot !== "" || host === here.host;
}

/** Whether that process runs: `unknown` when it belongs to another host or container, where nobody here can look. */
export function processState(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (!isThisMachine(identity)) {
    const here = identifyMachine();
    return identity.host === here.host && identity.boot !== here.boot ? "dead" : "unknown";
  }
  if (identity.uptimeSeconds > uptime() + 1) return "dead";
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "dead";
  }
  const started = startTicks(identity.pid);
  return started === identity.started && started !== ENDED ? "alive" : "dead";
}

/**
 * Fields after the command name of `/proc/PID/stat` (proc(5)); empty where there is no such file. Read as those of the first thread, which
 * are the same: of `/proc/PID/stat` itself qemu-user shows each program its own invention, and others the truth.
 */
export function processStat(pid: number): string[] {
  const stat = attempt(() => readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8"));
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Of a zombie: it has ended, only its parent has not looked yet. */
const ENDED = "ended";

function startTicks(pid: number): string {
  const stat = processStat(pid);
  return stat[0] === "Z" ? ENDED : (stat[19] ?? "");
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
