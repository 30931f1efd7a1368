import { channel } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import { type HttpResponse, htmlResponse, jsonResponse } from "./http.ts";
import { oidcError } from "./oidc.ts";

/** Kinds of bad responses. "work": the request is processed first, only the response is lost. */
export type How =
  | { kind: "status"; status: number; body?: string | object; headers?: Record<string, string> }
  | { kind: "captivePortal" }
  | { kind: "proxy403" }
  | { kind: "proxy407" }
  | { kind: "invalidJson" }
  /** 200 with `{}`. */
  | { kind: "noCredentials" }
  | { kind: "slowDown" }
  | { kind: "denial" }
  /** Work, then half of the response, with a content-length for all of it. */
  | { kind: "half" }
  /** Destroys the connection; with `afterWork`, after the request was processed. */
  | { kind: "drop"; afterWork?: boolean }
  /** Accepts the request and never responds. */
  | { kind: "blackHole"; afterWork?: boolean }
  /** Work, then the response after this many real milliseconds. */
  | { kind: "latency"; ms: number }
  /** Work, then one byte of the response at a time, every so many real milliseconds. */
  | { kind: "drip"; everyMs: number }
  /** A 200 with JSON that never ends. */
  | { kind: "endless" };

export interface Misbehaviour {
  /** A string matches the whole path. */
  path: RegExp | string;
  /** How many matching requests are affected; absent: all, until `behave()`. */
  times?: number;
  /** How many matching requests are served correctly first. */
  skip?: number;
  how: How;
}

/** Returns the first rule that applies to this request, and counts it. */
export function takeMisbehaviour(rules: Misbehaviour[], path: string): How | undefined {
  for (const rule of rules) {
    const matches = typeof rule.path === "string" ? rule.path === path : rule.path.test(path);
    if (!matches || rule.times === 0) continue;
    if (rule.skip) {
      rule.skip -= 1;
      continue;
    }
    if (rule.times !== undefined) rule.times -= 1;
    return rule.how;
  }
  return undefined;
}

function wrongResponse(how: How): HttpResponse | undefined {
  switch (how.kind) {
    case "status": {
      const isText = typeof how.body === "string";
      const response = jsonResponse(
        how.status,
        isText ? {} : (how.body ?? { message: "Misbehaving" }),
        how.headers,
      );
      return isText ? { ...response, body: how.body as string } : response;
    }
    case "captivePortal":
      return htmlResponse(200, "Welcome to the hotel", "<p>Accept the terms to go online.</p>");
    case "proxy403":
      return htmlResponse(403, "Blocked", "<p>This site is not allowed here.</p>");
    case "proxy407": {
      const page = htmlResponse(407, "Proxy Authentication Required", "<p>Who are you?</p>");
      return { ...page, headers: { ...page.headers, "proxy-authenticate": 'Basic realm="proxy"' } };
    }
    case "invalidJson":
      return { ...jsonResponse(200, {}), body: '{"accessToken": "abc", "roleCredentials": {' };
    case "noCredentials":
      return jsonResponse(200, {});
    case "slowDown":
      return oidcError("SlowDownException", "Polling too fast");
    case "denial":
      return oidcError("AccessDeniedException", "The person denied the request");
    default:
      return undefined;
  }
}

/**
 * Requests that never get a response are published as `{ response, open: boolean }`, so that a fake
 * clock need not wait for them.
 */
export const WITHHELD = channel("identityCenter:withheld");

function withhold(response: ServerResponse): void {
  WITHHELD.publish({ response, open: true });
  response.once("close", () => WITHHELD.publish({ response, open: false }));
}

function send(to: ServerResponse, response: HttpResponse): number {
  const length = Buffer.byteLength(response.body);
  to.writeHead(response.status, { ...response.headers, "content-length": length });
  to.end(response.body);
  return response.status;
}

/** Responds to one request, correctly or not. Returns the status that was sent, 0 if none was. */
export function deliver(to: ServerResponse, work: () => HttpResponse, how: How | undefined): number {
  if (!how) return send(to, work());
  const wrong = wrongResponse(how);
  if (wrong) return send(to, wrong);
  switch (how.kind) {
    case "half": {
      const response = work();
      const body = Buffer.from(response.body || "  ");
      to.writeHead(response.status, { ...response.headers, "content-length": body.length });
      to.write(body.subarray(0, body.length / 2), () => to.destroy());
      return response.status;
    }
    case "drop":
      if (how.afterWork) work();
      to.destroy();
      return 0;
    case "blackHole":
      if (how.afterWork) work();
      withhold(to);
      return 0;
    case "latency": {
      const response = work();
      const timer = setTimeout(() => send(to, response), how.ms);
      to.once("close", () => clearTimeout(timer));
      return response.status;
    }
    case "drip": {
      const response = work();
      const body = Buffer.from(response.body);
      to.writeHead(response.status, { ...response.headers, "content-length": body.length });
      drip(to, body, how.everyMs);
      return response.status;
    }
    case "endless":
      withhold(to);
      to.writeHead(200, { "content-type": "application/json" });
      endless(to);
      return 200;
  }
  return 0;
}

function drip(to: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    to.write(body.subarray(sent, ++sent));
    if (sent >= body.length) to.end();
  }, everyMs);
  to.once("close", () => clearInterval(timer));
}

function endless(to: ServerResponse): void {
  const chunk = `"${"x".repeat(64 * 1024)}",\n`;
  const more = () => {
    while (!to.destroyed && to.write(chunk));
  };
  to.write("[");
  to.on("drain", more);
  more();
}
