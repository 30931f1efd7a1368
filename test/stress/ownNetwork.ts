import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Addresses reserved for examples by RFC 5737 and RFC 3849. */
export const ADDRESS = {
  nameServer: "127.0.0.1",
  closedNameServer: "127.0.0.2",
  /** No route: connect fails with ENETUNREACH. */
  elsewhere: "192.0.2.1",
  /** An unreachable route: EHOSTUNREACH at once. */
  unreachable: "203.0.113.1",
  /** A prohibited route, as set by VPN clients while their tunnel is down: EACCES. */
  prohibited: "203.0.113.2",
  /** A blackhole route: EINVAL. */
  swallowed: "203.0.113.3",
  /** On the link, without an answer to ARP: EHOSTUNREACH after seconds. */
  nobody: "198.51.100.3",
  /** On the link, to a machine that drops every packet: the connection is never refused. */
  blackHole: "198.51.100.2",
  blackHole6: "2001:db8::2",
} as const;

/** A link whose other end accepts frames for another machine and never responds. */
const SETUP = `
  PATH=/usr/sbin:/sbin:/usr/bin:/bin
  ip link set lo up &&
  mount --bind "$1/resolv.conf" /etc/resolv.conf &&
  { ! [ -e /etc/nsswitch.conf ] || mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf; } &&
  { ! [ -d /var/run/nscd ] || mount -t tmpfs tmpfs /var/run/nscd; } &&
  ip link add near type veth peer name far &&
  ip addr add 198.51.100.1/24 dev near &&
  ip addr add 2001:db8::1/64 dev near nodad &&
  ip link set near up && ip link set far up &&
  ip neigh add ${ADDRESS.blackHole} lladdr 02:00:00:00:00:02 dev near nud permanent &&
  ip neigh add ${ADDRESS.blackHole6} lladdr 02:00:00:00:00:02 dev near nud permanent &&
  ip route add unreachable ${ADDRESS.unreachable} &&
  ip route add prohibit ${ADDRESS.prohibited} &&
  ip route add blackhole ${ADDRESS.swallowed} || exit 99
  shift
  exec "$@"`;

export interface OwnNetwork {
  /** Starts a program in this network, with its own files in /etc. Standard error is passed on. */
  start(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess;
  remove(): void;
}

/**
 * A network and mount namespace with loopback, one link, and a name server in resolv.conf; or the
 * reason why it cannot be made.
 */
export function ownNetwork(): OwnNetwork | { missing: string } {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-stress-network-"));
  // Replaces the machine's resolver options (search domains, time-outs): without options of its
  // own, glibc waits for 5 s, twice.
  writeFileSync(join(folder, "resolv.conf"), `nameserver ${ADDRESS.nameServer}\n`);
  writeFileSync(join(folder, "nsswitch.conf"), "hosts: files dns\n");
  const isRoot = process.getuid?.() === 0;
  const unshare = (command: readonly string[]) =>
    [isRoot ? "-mn" : "-rmn", "sh", "-c", SETUP, "sh", folder, ...command] as const;
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const probe = spawnSync("unshare", unshare(["true"]), { encoding: "utf8" });
  if (probe.status !== 0) {
    remove();
    return { missing: probe.error?.message ?? (probe.stderr.trim().split("\n").at(-1) || "unshare failed") };
  }
  return {
    start: (command, env) =>
      spawn("unshare", unshare(command), { env, stdio: ["ignore", "pipe", "inherit"] }),
    remove,
  };
}

/** Runs a command with the `resolv.conf` and `hosts` from HOME. */
export const WITH_FILES_OF_HOME: readonly string[] = [
  "unshare",
  "-m",
  "sh",
  "-c",
  'for file in resolv.conf hosts; do mount --bind "$HOME/$file" "/etc/$file" || exit 99; done; exec "$@"',
  "sh",
];
