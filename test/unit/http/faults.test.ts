import dns from "node:dns";
import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { networkFault, unavailableFacts } from "../../../src/http/serviceUnavailable.ts";
import {
  accessTo,
  expectUnavailable,
  failureAt,
  httpServer,
  JSON_TYPE,
  rawServer,
  type TestServer,
} from "./servers.ts";

const lines: [name: string, serve: () => Promise<TestServer>, message: string][] = [
  [
    "a connection that is dropped at once",
    () => rawServer((socket) => void socket.resume().destroy()),
    "HOST closed the connection before its response was complete",
  ],
  [
    "a connection that is dropped after the request",
    () => rawServer((socket) => socket.once("data", () => socket.destroy())),
    "HOST closed the connection before its response was complete",
  ],
  [
    "half an answer",
    () =>
      rawServer((socket) =>
        socket.once("data", () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"roleCr')),
      ),
    "HOST closed the connection before its response was complete",
  ],
  [
    "half a header",
    () => rawServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-le"))),
    "HOST closed the connection before its response was complete",
  ],
];

test.each(lines)("%s is a dropped connection, worth a retry", async (_name, serve, message) => {
  const server = await serve();
  await expectUnavailable(server.url, message.replace("HOST", server.host), { retry: true });
});

test("a server that does not speak HTTP is unavailable", async () => {
  const server = await rawServer((socket) => socket.write("220 mail.example.com ESMTP\r\n"));
  await expectUnavailable(server.url, `${server.host} did not answer in HTTP (no status line)`, {
    retry: false,
  });
});

test("a response whose headers never end is unavailable", async () => {
  const server = await rawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(100_000)}`);
  });
  await expectUnavailable(server.url, `${server.host} did not answer in HTTP (too long a line)`, {
    retry: false,
  });
});

test("a closed port is refused", async () => {
  const port = await freePort();
  await expectUnavailable(
    `http://127.0.0.1:${port}`,
    `127.0.0.1:${port} refused the connection: does this network need a proxy (HTTPS_PROXY)?`,
    { retry: false },
  );
});

test("the message for an unknown host asks whether the computer is online", async () => {
  const error = await failureAt("https://portal.sso.nowhere.invalid");
  expect(error.message).toMatch(
    /^cannot (?:find|look up) host portal\.sso\.nowhere\.invalid: are you online(?:, and is the configured endpoint \(AWS_ENDPOINT_URL, endpoint_url\) right)?\?$/,
  );
});

test.each([
  ["ENOTFOUND", "cannot find host aws.test: are you online?", false],
  ["EAI_AGAIN", "cannot look up host aws.test: are you online?", true],
  ["ETIMEDOUT", "cannot reach aws.test: no connection; does this network need a proxy (HTTPS_PROXY)?", true],
  ["ENETUNREACH", "there is no route to aws.test: are you online?", false],
  ["EHOSTUNREACH", "there is no route to aws.test: are you online?", false],
  // On Linux, for a blackhole route.
  ["EINVAL", "there is no route to aws.test: are you online?", false],
  [
    "EACCES",
    "this computer allows no connection to aws.test (EACCES): a firewall, or a VPN that is down?",
    false,
  ],
  [
    "EPERM",
    "this computer allows no connection to aws.test (EPERM): a firewall, or a VPN that is down?",
    false,
  ],
  ["EMFILE", "cannot reach aws.test (EMFILE)", false],
])("the system's error %s has a message of its own", (code, message, retry) => {
  const fault = Object.assign(new Error(`connect ${code}`), { code });
  const both = new AggregateError([fault, Object.assign(new Error("v4"), { code: "EOTHER" })]);
  for (const error of [fault, both]) {
    const told = networkFault(error, { name: "aws.test", isProxy: false });
    expect([told.message, unavailableFacts(told)?.retry]).toEqual([message, retry]);
  }
});

test("a proxy that is not found is named as one", () => {
  const fault = Object.assign(new Error("connect ENOTFOUND"), { code: "ENOTFOUND" });
  const told = networkFault(fault, { name: "the proxy proxy.test:3128 (HTTPS_PROXY)", isProxy: true });
  expect(told.message).toBe("cannot find the proxy proxy.test:3128 (HTTPS_PROXY): are you online?");
});

const limits = { connectMs: 300, totalMs: 300 };

test.each([
  ["a host", {}, "host portal.aws.test"],
  ["a proxy", { HTTPS_PROXY: "http://proxy.test:3128" }, "the proxy proxy.test:3128 (HTTPS_PROXY)"],
])(
  "for %s, a name that no server resolves is told from a host that cannot be reached",
  async (_, env, name) => {
    const lookup = vi.spyOn(dns, "lookup").mockImplementation((() => {}) as never);
    onTestFinished(() => lookup.mockRestore());
    const failure = await failureAt("https://portal.aws.test", { env, limits });
    expect(failure.message).toBe(`cannot look up ${name}: no answer within 300 ms; are you online?`);
    expect(unavailableFacts(failure)?.retry).toBe(true);
  },
);

test("a server that never responds costs the allowed time, no more, and its connection is closed", async () => {
  const server = await rawServer((socket) => void socket.resume());
  await expectUnavailable(server.url, `${server.host} did not answer within 300 ms`, { retry: true, limits });
  await expect.poll(() => server.openConnections()).toBe(0);
});

test("a response that comes in drops costs the allowed time, no more, and its connection is closed", async () => {
  const server = await rawServer((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
    const drip = setInterval(() => socket.write(" "), 20);
    socket.once("close", () => clearInterval(drip));
  });
  await expectUnavailable(server.url, `${server.host} did not answer within 300 ms`, { retry: true, limits });
  await expect.poll(() => server.openConnections()).toBe(0);
});

test("a connection may get less time than the response", async () => {
  const server = await rawServer((socket) => void socket.resume());
  const api = await accessTo(server.url.replace("http:", "https:"));
  const shortly = { deadline: Date.now() + 15_000, connectDeadline: Date.now() + 250 };
  await expect(api.getRoleCredentials("t", "111122223333", "Admin", shortly)).rejects.toThrow(
    /no TLS connection to \S+ within \d{1,3} ms/,
  );
});

test("a TLS handshake that never ends is distinguished from a host that cannot be reached", async () => {
  const server = await rawServer((socket) => void socket.resume());
  await expectUnavailable(
    server.url.replace("http:", "https:"),
    `no TLS connection to ${server.host} within 300 ms: is a firewall in between?`,
    { retry: true, limits },
  );
  await expect.poll(() => server.openConnections()).toBe(0);
});

test("the caller's deadline counts if it is earlier", async () => {
  const server = await rawServer((socket) => void socket.resume());
  const api = await accessTo(server.url);
  const soon = { deadline: Date.now() + 200 };
  await expect(api.getRoleCredentials("t", "111122223333", "Admin", soon)).rejects.toThrow(
    /did not answer within/,
  );
});

test("after the caller's deadline no request is sent", async () => {
  let connections = 0;
  const server = await rawServer(() => void connections++);
  const api = await accessTo(server.url);
  const past = { deadline: Date.now() - 1 };
  await expect(api.logout("t", past)).rejects.toThrow(`no time left to ask ${server.host}`);
  expect(connections).toBe(0);
});

test("a caller can abort a request; it gets its own reason, and the connection is closed", async () => {
  const stop = new AbortController();
  const reason = new Error("signed out");
  const server = await rawServer((socket) => socket.once("data", () => stop.abort(reason)));
  const api = await accessTo(server.url);
  const ended = api.getRoleCredentials("t", "111122223333", "Admin", { signal: stop.signal });
  await expect(ended).rejects.toBe(reason);
  await expect.poll(() => server.openConnections()).toBe(0);
});

test("a response without end is given up after 8 MiB", async () => {
  let sent = 0;
  const server = await httpServer((_request, response) => {
    response.writeHead(200, JSON_TYPE);
    const piece = Buffer.alloc(256 * 1024, " ");
    const pour = () => {
      do sent += piece.length;
      while (response.write(piece) && !response.destroyed);
    };
    response.on("drain", pour);
    pour();
  });
  await expectUnavailable(server.url, `${server.host} sends an endless response`, { retry: false });
  await expect.poll(() => server.openConnections()).toBe(0);
  expect(sent).toBeGreaterThan(8 * 1024 * 1024);
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
