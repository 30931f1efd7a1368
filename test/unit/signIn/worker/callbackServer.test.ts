import { once } from "node:events";
import { request } from "node:http";
import { createConnection } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type CallbackServer, startCallbackServer } from "../../../../src/signIn/worker/callbackServer.ts";

const STATE = "3f1c1f0e-state";
let server: CallbackServer;
let port: number;

beforeEach(async () => {
  server = await startCallbackServer(STATE);
  port = Number(new URL(server.redirectUri).port);
});
afterEach(() => server.close());

interface Page {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Page> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on("error", reject).end(body);
  });
}

/** The valid request is still accepted: nothing before it changed anything. */
async function stillWaits(): Promise<void> {
  const page = ask(`/oauth/callback?code=good&state=${STATE}`);
  expect(await server.authorization).toEqual({ code: "good" });
  await server.tell({ signedInTo: "corp" });
  expect((await page).status).toBe(200);
}

it("accepts the code that comes with our state, and shows how it ended", async () => {
  const page = ask(`/oauth/callback?code=abc%2Fdef&state=${STATE}`);
  expect(await server.authorization).toEqual({ code: "abc/def" });
  await server.tell({ signedInTo: "corp" });
  const { status, text, headers } = await page;
  expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
  expect(text).toContain("You are signed in");
  expect(text).toContain("corp");
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  });
});

it("accepts an error that comes with our state as the result", async () => {
  const page = ask(`/oauth/callback?error=access_denied&error_description=no&state=${STATE}`);
  expect(await server.authorization).toEqual({ error: "access_denied" });
  await server.tell({ failed: "the sign-in to 'corp' was denied" });
  const { status, text } = await page;
  expect(status).toBe(400);
  expect(text).toContain("the sign-in to &#39;corp&#39; was denied");
});

it.each([
  ["a wrong state", `/oauth/callback?code=evil&state=${STATE.replace("3", "4")}`],
  ["a shorter state", `/oauth/callback?code=evil&state=${STATE.slice(1)}`],
  ["no state", "/oauth/callback?code=evil"],
  ["two states, ours second", `/oauth/callback?code=evil&state=x&state=${STATE}`],
  ["neither code nor error", `/oauth/callback?state=${STATE}`],
  ["an empty code", `/oauth/callback?code=&state=${STATE}`],
  ["no query", "/oauth/callback"],
  ["another path", `/?code=evil&state=${STATE}`],
  ["a longer path", `/oauth/callback/x?code=evil&state=${STATE}`],
  ["a path in other letters", `/OAuth/Callback?code=evil&state=${STATE}`],
  ["a path with dots", `/x/../oauth/callback?code=evil&state=${STATE}`],
  ["a whole URL", `http://127.0.0.1/oauth/callback?code=evil&state=${STATE}`],
])("rejects %s, and goes on waiting", async (_, path) => {
  const { status, text } = await ask(path);
  expect([status, text.includes("You are not signed in")]).toEqual([400, true]);
  await stillWaits();
});

it.each(["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])("rejects the method %s", async (method) => {
  const path = `/oauth/callback?code=evil&state=${STATE}`;
  const { status } = await ask(path, { method, ...(method === "POST" ? { body: "code=evil" } : {}) });
  expect(status).toBe(400);
  await stillWaits();
});

it.each(["localhost", "127.0.0.1", "evil.example", "127.0.0.1:1"])(
  "rejects the Host %s, against DNS rebinding",
  async (host) => {
    const { status } = await ask(`/oauth/callback?code=evil&state=${STATE}`, { headers: { host } });
    expect(status).toBe(400);
    await stillWaits();
  },
);

it("rejects a header that is too long, and goes on waiting", async () => {
  const headers = { "x-long": "x".repeat(20_000) };
  expect((await ask(`/oauth/callback?code=evil&state=${STATE}`, { headers })).status).toBe(431);
  await stillWaits();
});

it("is not delayed by a silent connection", async () => {
  const silent = createConnection({ host: "127.0.0.1", port });
  await new Promise<void>((resolve) => silent.once("connect", resolve));
  await stillWaits();
  silent.destroy();
});

it("is not delayed by many silent connections: the oldest are closed", async () => {
  const silent = Array.from({ length: 200 }, () => createConnection(port, "127.0.0.1").on("error", () => {}));
  await Promise.all(silent.map((socket) => once(socket, "connect")));
  await stillWaits();
  await expect.poll(() => silent.filter(({ closed }) => closed).length).toBeGreaterThan(100);
  expect(silent.at(-1)?.closed).toBe(false);
  for (const socket of silent) socket.destroy();
});

it("keeps the browser that waits for the outcome, however many others connect", async () => {
  const page = ask(`/oauth/callback?code=good&state=${STATE}`);
  expect(await server.authorization).toEqual({ code: "good" });
  const later = Array.from({ length: 200 }, () => createConnection(port, "127.0.0.1").on("error", () => {}));
  await Promise.all(later.map((socket) => once(socket, "connect")));
  expect((await ask("/elsewhere")).status).toBe(400);
  await server.tell({ signedInTo: "corp" });
  expect((await page).status).toBe(200);
  for (const socket of later) socket.destroy();
});

it("rejects a second redirect", async () => {
  const first = ask(`/oauth/callback?code=first&state=${STATE}`);
  expect(await server.authorization).toEqual({ code: "first" });
  const second = await ask(`/oauth/callback?code=second&state=${STATE}`);
  expect([second.status, second.text.includes("already been answered")]).toEqual([400, true]);
  await server.tell({ signedInTo: "corp" });
  expect((await first).status).toBe(200);
  expect(await server.authorization).toEqual({ code: "first" });
});

it("remembers an error without our state, made printable, and goes on waiting", async () => {
  expect(server.strayError()).toBeUndefined();
  await ask("/oauth/callback?error=access_denied%1b%5b31m");
  expect(server.strayError()).toBe("access_denied [31m");
  await stillWaits();
});

it("escapes markup from outside", async () => {
  const page = ask(`/oauth/callback?error=x&state=${STATE}`);
  await server.authorization;
  await server.tell({ failed: `<script>alert("1")</script> & 'more' \u202e` });
  const { text } = await page;
  expect(text).not.toContain("<script>");
  expect(text).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; &#39;more&#39;");
  expect(text).not.toContain("\u202e");
});

it("listens on 127.0.0.1 only, and no longer once it is closed", async () => {
  const connects = (host: string) =>
    new Promise<boolean>((resolve) => {
      const socket = createConnection({ host, port });
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
  expect([await connects("127.0.0.1"), await connects("127.0.0.2")]).toEqual([true, false]);
  server.close();
  expect(await connects("127.0.0.1")).toBe(false);
});

it("continues if the browser has left before it got the page", async () => {
  const asked = request({ host: "127.0.0.1", port, path: `/oauth/callback?code=c&state=${STATE}` });
  asked.on("error", () => {}).end();
  await server.authorization;
  asked.destroy();
  await expect(server.tell({ signedInTo: "corp" })).resolves.toBeUndefined();
});
