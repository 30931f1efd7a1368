import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { CA_FILE, SERVER_TLS } from "../../support/testCertificates.ts";
import { accessTo, JSON_TYPE, ROLE_CREDENTIALS } from "./servers.ts";

/**
 * Runs in a thread of its own, so that it continues while this one stops. It reports what it
 * receives, and is slow with TLS.
 */
const SERVER = `
  const { parentPort, workerData: { scheme, tls, head, body, answerAfterMs } } = require("node:worker_threads");
  const server = require("node:" + scheme).createServer(tls, (request, response) => {
    parentPort.postMessage("asked");
    setTimeout(() => response.writeHead(200, head).end(body), answerAfterMs);
  });
  const door = require("node:net").createServer((socket) => {
    parentPort.postMessage("connected");
    setTimeout(() => server.emit("connection", socket), 300);
  });
  door.listen(0, "127.0.0.1", () => parentPort.postMessage(door.address().port));`;

const limits = { connectMs: 1_500, totalMs: 1_500 };
const STOPPED_MS = limits.totalMs + 300;

/** One call, during which the process stops as soon as the server says `moment`. */
async function stoppedCall(scheme: string, moment: "connected" | "asked", answerAfterMs: number) {
  const workerData = { scheme, tls: SERVER_TLS, head: JSON_TYPE, body: ROLE_CREDENTIALS, answerAfterMs };
  const server = new Worker(SERVER, { eval: true, workerData });
  onTestFinished(() => void server.terminate());
  const [port] = await once(server, "message");
  const told: string[] = [];
  server.on("message", (what: string) => {
    told.push(what);
    if (what === moment) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STOPPED_MS);
  });
  const api = await accessTo(`${scheme}://127.0.0.1:${port}`, { caBundle: CA_FILE, limits });
  const answer = api.getRoleCredentials("t", "111122223333", "Admin");
  return { told, result: await answer.catch((error: Error) => error.message) };
}

test.each([
  ["http", 50],
  ["https", 50],
  ["https", STOPPED_MS + 200],
])(
  "a response that came while the process was suspended, or just after, is used (%s, after %i ms)",
  async (scheme, answerAfterMs) => {
    const { result } = await stoppedCall(scheme, "asked", answerAfterMs);
    expect(result).toMatchObject({ accessKeyId: "ASIAEXAMPLE" });
  },
);

test("a process that was suspended before it was connected sends no request", async () => {
  const { told, result } = await stoppedCall("https", "connected", 0);
  expect(result).toMatch(/^no time left to ask 127\.0\.0\.1:\d+$/);
  expect(told).toEqual(["connected"]);
});
