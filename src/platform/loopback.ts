import type { AddressInfo, Server } from "node:net";

/** True if only this machine can read what is sent to the host, given as in `URL.hostname`. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Listens on a port that the system chooses, and returns it. Rejects with the system's error. */
export function listenOnLoopback(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server
      .once("error", reject)
      .listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
