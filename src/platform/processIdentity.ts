import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, uptime } from "node:os";
import { attempt } from "./attempt.ts";

/** Identifies a process in our state files, so that others can tell whether it still runs. */
export interface ProcessIdentity {
  /** The host name. DHCP and VPNs may change it while the host runs. */
  host: string;
  /** The kernel's boot id on Linux, else empty. */
  boot: string;
  /** The PID namespace on Linux, else empty. A PID has a meaning only inside one. */
  pidNamespace: string;
  pid: number;
  /** Differs for a later process with the same PID. Empty if the system offers nothing. */
  started: string;
  /** Seconds since boot, rounded up, so that no process counts as older than it is. */
  uptimeSeconds: number;
}

export function identifyProcess(pid = process.pid, platform = process.platform): ProcessIdentity {
  const started = startMark(pid, platform);
  return { ...identifyMachine(), pid, started, uptimeSeconds: Math.ceil(uptime()) };
}

type Machine = Pick<ProcessIdentity, "host" | "boot" | "pidNamespace">;

export function identifyMachine(): Machine {
  return {
    host: hostname(),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(), ""),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid"), ""),
  };
}

/** True if that machine's PIDs are meaningful here. Host names count only without a boot id. */
export function isThisMachine(other: Readonly<Record<keyof Machine, unknown>>, here = identifyMachine()) {
  if (other.boot !== here.boot || other.pidNamespace !== here.pidNamespace) return false;
  return here.boot !== "" || other.host === here.host;
}

/** `unknown`: a process of another system or container, which cannot be inspected from here. */
export function processState(
  identity: ProcessIdentity,
  platform = process.platform,
): "alive" | "dead" | "unknown" {
  const here = identifyMachine();
  if (!isThisMachine(identity, here)) {
    // Windows has no boot id, and WSL, which may share the folder, has the same host name.
    const hasRebooted = identity.boot !== "" && here.boot !== "" && identity.boot !== here.boot;
    return identity.host === here.host && hasRebooted ? "dead" : "unknown";
  }
  if (identity.uptimeSeconds > uptime() + 1) return "dead";
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return "dead";
  }
  return isSameProcess(identity, platform) ? "alive" : "dead";
}

/** True if the PID still belongs to the same process, or if the system cannot say. */
function isSameProcess({ pid, started }: ProcessIdentity, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return started === "" || pipeExists(started);
  const current = startMark(pid, platform);
  return current !== ENDED && (current === started || current === "" || started === "");
}

/** A zombie has ended, but its parent has not read its exit code yet. */
const ENDED = "ended";

/** Linux: clock ticks from boot. Windows: a pipe that this process holds. Elsewhere: the date. */
function startMark(pid: number, platform: NodeJS.Platform): string {
  if (platform === "win32") return pid === process.pid ? heldPipe() : "";
  if (platform !== "linux") return startDate(pid);
  const stat = processStat(pid);
  return stat[0] === "Z" ? ENDED : (stat[19] ?? "");
}

/**
 * The fields after the command name of `/proc/PID/stat` (proc(5)); empty if there is no such file.
 * Reads the first thread's file, which is the same: under qemu-user, a program that reads its own
 * `/proc/PID/stat` gets another text.
 */
export function processStat(pid: number): string[] {
  const stat = attempt(() => readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8"), "");
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** A start date is cached this long: a waiter polls every second, and `ps` takes milliseconds. */
const DATE_LIFE_SECONDS = 5;
const dates = new Map<number, { date: string; atSeconds: number }>();

function startDate(pid: number): string {
  const known = dates.get(pid);
  if (known && (pid === process.pid || uptime() - known.atSeconds < DATE_LIFE_SECONDS)) return known.date;
  const line = ps(["stat", "lstart"], pid);
  const date = line.startsWith("Z") ? ENDED : line.replace(/^\S+\s+/, "");
  dates.set(pid, { date, atSeconds: uptime() });
  return date;
}

/** The fields of a process, for systems without /proc; empty if `ps` does not list it. */
export function ps(fields: readonly string[], pid: number): string {
  const args = [...fields.flatMap((field) => ["-o", `${field}=`]), "-p", String(pid)];
  const options = { encoding: "utf8", env: { LC_ALL: "C", TZ: "UTC" }, stdio: "pipe" } as const;
  return attempt(() => execFileSync("/bin/ps", args, options), "").trim();
}

/** Windows closes a pipe when its server ends. Reading a start time would be expensive. */
const PIPES = "\\\\.\\pipe\\";
let pipe: string | undefined;

function heldPipe(): string {
  if (pipe !== undefined) return pipe;
  const name = `sso-cred-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const server = createServer((socket) => socket.destroy()).on("error", () => {});
  server.listen(PIPES + name).unref();
  pipe = server.listening ? name : "";
  return pipe;
}

function pipeExists(name: string): boolean {
  return attempt(() => readdirSync(PIPES).includes(name), true);
}
