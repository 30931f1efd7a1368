import { subscribe } from "node:diagnostics_channel";
import { WITHHELD } from "../identityCenter/misbehaviour.ts";

/** After so many idle turns of the event loop, everything counts as waiting for the clock. */
const QUIET_TURNS = 8;
/** Activity that lasts longer than this (real time) does not delay the fake clock. */
const LONGEST_WAIT_MS = 10_000;
const ACTIVE = /^(FSReq|GetAddrInfoReq|TCPConnectWrap|PipeConnectWrap)/;

/** Requests under way in this process, and requests that the emulator never answers on purpose. */
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
  const begin = (message: unknown) => {
    const { request } = message as { request: { method: string } };
    // A tunnel emits no end of its own.
    if (request.method !== "CONNECT") open.add(request);
  };
  const end = (message: unknown) => open.delete((message as { request: unknown }).request);
  subscribe("http.client.request.start", begin);
  subscribe("http.client.request.error", end);
  subscribe("http.client.response.finish", (message) => {
    const { response } = message as { response: NodeJS.EventEmitter };
    response.once("close", () => end(message));
  });
  subscribe("undici:request:create", begin);
  subscribe("undici:request:trailers", end);
  subscribe("undici:request:error", end);
  subscribe(WITHHELD.name, (message) => {
    const { response, open: isOpen } = message as { response: unknown; open: boolean };
    if (isOpen) withheld.add(response);
    else withheld.delete(response);
  });
}
