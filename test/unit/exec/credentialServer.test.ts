import { once } from "node:events";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SsoCredError } from "../../../src/errors.ts";
import { serveCredentials } from "../../../src/exec/credentialServer.ts";
import type { RoleCredentials } from "../../../src/model.ts";

const CREDENTIALS = {
  accessKeyId: "A",
  secretAccessKey: "s",
  sessionToken: "t",
  expiration: 1_800_000_000_000,
};

let server: Awaited<ReturnType<typeof serveCredentials>>;
let asked: number;
let answer: () => Promise<RoleCredentials>;
beforeEach(async () => {
  asked = 0;
  answer = async () => CREDENTIALS;
  const obtain = () => {
    asked++;
    return answer();
  };
  server = await serveCredentials("123456789011", obtain, "sso-cred exec");
});
afterEach(() => server.close());

const address = () => new URL(server.variables.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "");

function ask(
  headers: Record<string, string> = {},
  line: { method?: string; path?: string } = {},
): Promise<{ status: number; body: string }> {
  const authorization = server.variables.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "";
  return new Promise((resolve, reject) => {
    request(
      address(),
      { ...line, agent: false, headers: { authorization, ...headers } },
      async (response) => {
        let body = "";
        for await (const part of response) body += part;
        resolve({ status: response.statusCode ?? 0, body });
      },
    )
      .on("error", reject)
      .end();
  });
}

/** True once the other side has ended the connection, or refused it. */
const isEnded = (socket: Socket) =>
  new Promise<boolean>((resolve) => {
    socket.on("error", () => {}).once("close", () => resolve(true));
    socket.resume();
  });

describe("the server of exec --serve", () => {
  it("obtains credentials once for all waiting requests, and again for later ones", async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = () => gate.then(() => CREDENTIALS);
    // In one packet, so that all three have come before the first is answered.
    const socket = connect(Number(address().port), "127.0.0.1");
    let received = "";
    socket.setEncoding("utf8").on("data", (text) => {
      received += text;
    });
    const token = server.variables.AWS_CONTAINER_AUTHORIZATION_TOKEN;
    socket.write(
      `GET /credentials HTTP/1.1\r\nHost: ${address().host}\r\nAuthorization: ${token}\r\n\r\n`.repeat(3),
    );
    await expect.poll(() => asked).toBe(1);
    release();
    await expect.poll(() => received.split("HTTP/1.1 200 OK").length - 1).toBe(3);
    socket.destroy();
    await ask();
    expect(asked).toBe(2);
  });

  it.each([
    ["login-required", 503],
    ["unavailable", 503],
    ["access-denied", 400],
    ["config", 400],
  ] as const)("responds to %s with %i and its message", async (kind, status) => {
    answer = () => Promise.reject(new SsoCredError(kind, "words"));
    const response = await ask();
    expect([response.status, JSON.parse(response.body)]).toEqual([status, { code: kind, message: "words" }]);
  });

  it.each([
    ["HEAD", "/credentials", {}],
    ["OPTIONS", "/credentials", { origin: "https://evil.example" }],
    ["PUT", "/credentials", {}],
    ["GET", "/credentials/", {}],
    ["GET", "/credentials?x", {}],
    ["GET", "//credentials", {}],
    ["GET", "http://127.0.0.1/credentials", {}],
    ["GET", "/credentials", { host: "localhost" }],
    ["GET", "/credentials", { authorization: "Bearer" }],
  ])("responds with 403 to %s %s %j, and obtains no credentials", async (method, path, headers) => {
    expect((await ask(headers, { method, path })).status).toBe(403);
    expect(asked).toBe(0);
  });

  it("rejects headers that are too long", async () => {
    expect((await ask({ "x-long": "x".repeat(20_000) })).status).toBe(431);
    expect(asked).toBe(0);
  });

  it("listens on 127.0.0.1 alone", async () => {
    const elsewhere = connect(Number(address().port), "127.0.0.2");
    const [error] = await once(elsewhere, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("accepts at most 64 connections at a time, and another one when one has ended", async () => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 64; n++) {
      const socket = connect(Number(address().port), "127.0.0.1");
      await once(socket, "connect");
      sockets.push(socket);
    }
    expect(await isEnded(connect(Number(address().port), "127.0.0.1"))).toBe(true);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => ask().then(({ status }) => status, String)).toBe(200);
  });

  it("ends a connection that sends no request", async () => {
    const socket = connect(Number(address().port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("GET /credentials HTTP/1.1\r\n");
    expect(await isEnded(socket)).toBe(true);
  });
});
