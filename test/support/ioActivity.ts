import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { WITHHELD } from "../identityCenter/misbehaviour.ts";

/** After so many idle turns of the event loop, everything counts as waiting for the clock. */
const QUIET_TURNS = 8;
/** Activity that lasts longer than this (real time) does not delay the fake clock. */
const LONGEST_WAIT_MS = 10_000;
const ACTIVE = /^(FSReq|GetAddrInfoReq|TCPConnectWrap|PipeConnectWrap)/;

/** What is under way in this process, and what the emulator never answers on purpose. */
const open = new Set<unknown>();
const withheld = new Set<unknown>();
watchRequests();

/**
 * Watches this process's requests, files and children, so that a fake clock can tell "everybody
 * sleeps" from "a response is on its way". Requests that the emulator never answers do not count.
 */
export function watchIo(): { quiet(): Promise<void> } {
  const children = () => process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
  const childrenBefore = children();
  const isBusy = () =>
    open.size > withheld.size ||
    process.getActiveResourcesInfo().some((name) => ACTIVE.test(name)) ||
    children() > childrenBefore;
  return {
    quiet: async () => {
      const deadline = performance.now() + LONGEST_WAIT_MS;
      let quietTurns = 0;
      while (quietTurns < QUIET_TURNS && performance.now() < deadline) {
        const busy = isBusy();
        quietTurns = busy ? 0 : quietTurns + 1;
        await new Promise<void>((resolve) => (busy ? setTimeout(resolve, 1) : setImmediate(resolve)));
      }
    },
  };
}

/** Registered once for all clocks, because channel listeners stay for the life of the process. */
function watchRequests(): void {
  subscribe("net.client.socket", (message) => {
    const { socket } = message as { socket: Socket };
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  // `fetch` keeps its connections open.
  subscribe("undici:client:connected", (message) => open.delete((message as { socket: Socket }).socket));
  const begin = (message: unknown) => open.add((message as { request: unknown }).request);
  const end = (message: unknown) => open.delete((message as { request: unknown }).request);
  subscribe("undici:request:create", begin);
  subscribe("undici:request:trailers", end);
  subscribe("undici:request:error", end);
  subscribe(WITHHELD.name, (message) => {
    const { response, open: isOpen } = message as { response: unknown; open: boolean };
    if (isOpen) withheld.add(response);
    else withheld.delete(response);
  });
}
