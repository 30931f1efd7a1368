import { request as nodeRequest } from "node:http";
import type { Socket } from "node:net";
import { beforeEach, expect, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { httpExchange } from "../../../src/http/exchange.ts";
import { FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { expectUnavailable, rawServer } from "./servers.ts";

/** Texts are Latin-1, a byte a character. */
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((each) => Buffer.from(each).toString("latin1"));
const value = fc.stringMatching(/^[\t -~\x80-\xff]{0,20}$/);
const name = fc.constantFrom(
  "Content-Type",
  "location",
  "RETRY-AFTER",
  "Proxy-Authenticate",
  "x.y!#$",
  "constructor",
);
const fields = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((all) => all.map((field) => `${field.join(":")}\r\n`).join(""));

const chunk = fc.record({
  data: bytes(40),
  digits: fc.nat(12),
  extension: fc.constantFrom("", ";a=b", ';a="b"'),
});
const chunked = fc.tuple(fc.array(chunk, { maxLength: 4 }), fields).map(([chunks, trailer]) => {
  const texts = chunks.map(({ data, digits, extension }) => {
    const size = data.length.toString(16).padStart(digits, "0");
    return data === "" ? "" : `${size}${extension}\r\n${data}\r\n`;
  });
  return { framing: "Transfer-Encoding: Chunked\r\n", body: `${texts.join("")}0\r\n${trailer}\r\n` };
});
const counted = bytes(200).map((body) => ({ framing: `content-length: ${body.length}\r\n`, body }));
const openEnded = bytes(200).map((body) => ({ framing: "", body }));

const response = fc
  .record({
    method: fc.constantFrom("GET", "POST", "HEAD"),
    interim: fc.constantFrom("", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early\r\nlink: </x>\r\n\r\n"),
    version: fc.constantFrom("1.0", "1.1"),
    status: fc.constantFrom(200, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503, 999),
    reason: fc.constantFrom("", " ", " OK", " caf\xe9 \x80"),
    fields,
    content: fc.oneof(chunked, counted, openEnded),
    cuts: fc.array(fc.nat(400), { maxLength: 4 }),
  })
  .map(({ content: { framing, body }, ...made }) => {
    const hasBody = made.method !== "HEAD" && made.status !== 204 && made.status !== 304;
    const head = `HTTP/${made.version} ${made.status}${made.reason}\r\n${made.fields}`;
    const text = `${made.interim}${head}${framing}\r\n${hasBody ? body : ""}`;
    return { method: made.method, text, cuts: made.cuts, tellsItsEnd: !hasBody || framing !== "" };
  });

const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

let url: URL;
let sent: { text: string; cuts: readonly number[]; isLeftOpen?: boolean };
beforeEach(async () => {
  const server = await rawServer((socket) => socket.once("data", () => void answer(socket.setNoDelay())));
  url = new URL("/path?query", server.url);
});

/** Writes the text in pieces, and closes the connection unless it is to be left open. */
async function answer(socket: Socket) {
  const edges = [
    0,
    ...sent.cuts.filter((cut) => cut < sent.text.length).sort((a, b) => a - b),
    sent.text.length,
  ];
  for (const [at, edge] of edges.slice(1).entries()) {
    socket.write(sent.text.slice(edges[at], edge), "latin1");
    await new Promise(setImmediate);
  }
  if (!sent.isLeftOpen) socket.end();
}

interface Read {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What our own code reads; undefined if that is no response. */
async function ours(method: string): Promise<Read | undefined> {
  const exchange = httpExchange({ caBundle: undefined }, { env: {}, now: Date.now });
  const read = await exchange({ method, url, headers: {} }).catch(() => undefined);
  return read && { ...read, body: read.body.toString("latin1") };
}

/** What Node's HTTP client reads. */
function nodes(method: string): Promise<Read | undefined> {
  return new Promise((resolve) => {
    const request = nodeRequest(url, { method, agent: false }, (message) => {
      let body = "";
      message.setEncoding("latin1").on("data", (text) => {
        body += text;
      });
      message.on("error", () => resolve(undefined));
      message.on("end", () =>
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers as Record<string, string>,
          body,
        }),
      );
    });
    request.on("error", () => resolve(undefined)).on("upgrade", () => resolve(undefined));
    request.end();
  });
}

test("a response is read as by Node's HTTP client, in whatever pieces it arrives", FUZZ_TIMEOUT, async () => {
  await fc.assert(
    fc.asyncProperty(response, async ({ method, ...given }) => {
      sent = given;
      const read = await ours(method);
      expect(read).toBeDefined();
      expect(read).toEqual(await nodes(method));
    }),
    runs(300, 3_000),
  );
});

test(
  "of a damaged response, nothing is read that Node's HTTP client reads otherwise",
  FUZZ_TIMEOUT,
  async () => {
    const damage = fc.record({ at: fc.nat(300), removed: fc.nat(400), put: bytes(3) });
    await fc.assert(
      fc.asyncProperty(response, damage, async ({ method, text, cuts }, { at, removed, put }) => {
        sent = { text: text.slice(0, at) + put + text.slice(at + removed), cuts };
        const read = await ours(method);
        const other = await nodes(method);
        if (other !== undefined && read !== undefined) expect(read).toEqual(other);
      }),
      runs(300, 3_000),
    );
  },
);

test("a response that is cut off is not read", FUZZ_TIMEOUT, async () => {
  await fc.assert(
    fc.asyncProperty(response, fc.nat(), async ({ method, text, tellsItsEnd }, at) => {
      fc.pre(tellsItsEnd);
      sent = { text: text.slice(0, at % text.length), cuts: [] };
      expect(await ours(method)).toBeUndefined();
    }),
    runs(200, 3_000),
  );
});

test.each([
  ["an old protocol", "ICY 200 OK\r\n\r\n", "no status line"],
  ["a newer protocol", "HTTP/2.0 200 OK\r\n\r\n", "no status line"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "no status line"],
  ["another protocol than the one asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "status 101"],
  ["a line that is no header", "HTTP/1.1 200 OK\r\nhello\r\n\r\n", "an invalid header"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nlocation : x\r\n\r\n", "an invalid header"],
  ["a space before the first header", "HTTP/1.1 200 OK\r\n x: a\r\n\r\n", "an invalid header"],
  ["a NUL in a header", "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n", "an invalid header"],
  ["a CR in a header", "HTTP/1.1 200 OK\r\nx: a\ry: b\r\n\r\n", "an invalid header"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 1\r\n\r\nhi", "an invalid length"],
  ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nhi", "an invalid length"],
  ["a compressed transfer", CHUNKED.replace("chunked", "gzip"), "an unknown transfer coding"],
  ["a chunk without a size", `${CHUNKED}\r\nhi\r\n`, "an invalid chunk"],
  ["a chunk with more than a size", `${CHUNKED}2x\r\nhi\r\n0\r\n\r\n`, "an invalid chunk"],
  ["a chunk that is longer than its size", `${CHUNKED}1\r\nhi\r\n0\r\n\r\n`, "an invalid chunk"],
  ["a chunk with spaces behind it", `${CHUNKED}1\r\nh \r\n0\r\n\r\n`, "an invalid chunk"],
  ["headers without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`, "too long a line"],
])("%s is not HTTP", async (_, text, why) => {
  sent = { text, cuts: [] };
  await expectUnavailable(url.href, `${url.host} did not answer in HTTP (${why})`, { retry: false });
});

test("what does not begin like HTTP is not waited for", async () => {
  const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 70]);
  const server = await rawServer((socket) => socket.write(alert));
  await expectUnavailable(server.url, `${server.host} did not answer in HTTP (no status line)`, {
    retry: false,
  });
});

test.each([
  ["a length", "GET", "200 OK", "content-length: 2", "hi"],
  ["chunks", "GET", "200 OK", "transfer-encoding: chunked", "2\r\nhi\r\n0\r\n\r\n"],
  ["its status (204)", "GET", "204 No Content", "x: y", ""],
  ["its status (304)", "GET", "304 Not Modified", "content-length: 2", ""],
  ["the request (HEAD)", "HEAD", "200 OK", "content-length: 2", ""],
])(
  "a response that ends by %s is read from a connection that stays open",
  async (_, method, status, field, body) => {
    sent = { text: `HTTP/1.1 ${status}\r\n${field}\r\n\r\n${body}`, cuts: [], isLeftOpen: true };
    expect(await ours(method)).toMatchObject({ body: body === "" ? "" : "hi" });
  },
);

test("a transfer coding counts more than a length", async () => {
  const text = `HTTP/1.1 200 OK\r\ncontent-length: 3\r\n${CHUNKED.replace(/^.*\r\n/, "")}2\r\nhi\r\n0\r\n\r\n`;
  sent = { text, cuts: [] };
  expect(await ours("GET")).toMatchObject({ body: "hi" });
});

test("a header that would end its line is an error of ours, and nothing is sent", async () => {
  const arrived: Buffer[] = [];
  const server = await rawServer((socket) => socket.on("data", (piece) => arrived.push(piece)));
  const exchange = httpExchange({ caBundle: undefined }, { env: {}, now: Date.now });
  const headers = { x: "a\r\ny: b" };
  const failure = await exchange({ method: "GET", url: new URL(server.url), headers }).catch(
    (error) => error,
  );
  expect(isKind(failure, "unavailable")).toBe(false);
  await expect.poll(() => server.openConnections()).toBe(0);
  expect(arrived).toEqual([]);
});

const SPACES = " ".repeat(60_000);

test.each([
  ["a header in two lines", "x: a\r\n\t b\r\n", { x: "a b" }],
  ["a header with an empty second line", "x: a\r\n \r\ny: b\r\n", { x: "a", y: "b" }],
  ["a header of 60,000 bytes", `x: a${SPACES}b\r\n`, { x: `a${SPACES}b` }],
])("%s is read", async (_, field, headers) => {
  const interim = `HTTP/1.1 103 Early Hints\r\n${field}\r\n`;
  sent = { text: `${interim.repeat(20)}HTTP/1.1 200 OK\r\n${field}content-length: 2\r\n\r\n{}`, cuts: [] };
  const read = await ours("GET");
  // Not compared as a whole: vitest takes minutes to show how long texts differ.
  expect([read?.status, read?.body.length]).toEqual([200, 2]);
  expect(read?.headers).toEqual({ ...headers, "content-length": "2" });
});

test.each([
  ["a length", "HTTP/1.1 200 OK\r\ncontent-length: 8388609\r\n\r\n"],
  ["a chunk", `${CHUNKED}800001\r\n`],
  ["a size in many digits", `${CHUNKED}${"f".repeat(300)}\r\n`],
  ["small chunks with long extensions", CHUNKED + `1;${"x".repeat(10_000)}\r\nx\r\n`.repeat(1_000)],
])("%s beyond 8 MiB is not waited for", async (_, text) => {
  sent = { text, cuts: [] };
  await expectUnavailable(url.href, `${url.host} sends an endless response`, { retry: false });
});
