import { channel } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import { type Answer, htmlAnswer, jsonAnswer } from "./answer.ts";
import { oidcError } from "./oidc.ts";

/** Ways to answer badly. Those marked "work" do the request's work first, so that only the answer is lost. */
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
  /** Work, then half of the answer under a content-length for all of it. */
  | { kind: "half" }
  /** The connection is destroyed; with `afterWork` the service has done what was asked. */
  | { kind: "drop"; afterWork?: boolean }
  /** Accepted and never answered. */
  | { kind: "blackHole"; afterWork?: boolean }
  /** Work at once, the answer after so many real milliseconds. */
  | { kind: "latency"; ms: number }
  /** Work, then a byte of the answer every so many real milliseconds. */
  | { kind: "drip"; everyMs: number }
  /** 200 and JSON that never ends. */
  | { kind: "endless" };

export interface Misbehaviour {
  /** A string is the whole path. */
  path: RegExp | string;
  /** How many matching requests suffer; absent: all, until `behave()`. */
  times?: number;
  /** So many matching requests are served well first. */
  skip?: number;
  how: How;
}

/** The first rule that wants this request; its counts go down. */
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

function wrongAnswer(how: How): Answer | undefined {
  switch (how.kind) {
    case "status": {
      const isText = typeof how.body === "string";
      const answer = jsonAnswer(
        how.status,
        isText ? {} : (how.body ?? { message: "Misbehaving" }),
        how.headers,
      );
      return isText ? { ...answer, body: how.body as string } : answer;
    }
    case "captivePortal":
      return htmlAnswer(200, "Welcome to the hotel", "<p>Accept the terms to go online.</p>");
    case "proxy403":
      return htmlAnswer(403, "Blocked", "<p>This site is not allowed here.</p>");
    case "proxy407": {
      const page = htmlAnswer(407, "Proxy Authentication Required", "<p>Who are you?</p>");
      return { ...page, headers: { ...page.headers, "proxy-authenticate": 'Basic realm="proxy"' } };
    }
    case "invalidJson":
      return { ...jsonAnswer(200, {}), body: '{"accessToken": "abc", "roleCredentials": {' };
    case "noCredentials":
      return jsonAnswer(200, {});
    case "slowDown":
      return oidcError("SlowDownException", "Polling too fast");
    case "denial":
      return oidcError("AccessDeniedException", "The person denied the request");
    default:
      return undefined;
  }
}

/**
 * Requests which never get their answer are published as `{ response, open: boolean }`, so that a fake clock
 * need not wait for them.
 */
export const WITHHELD = channel("identityCenter:withheld");

function withhold(response: ServerResponse): void {
  WITHHELD.publish({ response, open: true });
  response.once("close", () => WITHHELD.publish({ response, open: false }));
}

function send(response: ServerResponse, answer: Answer): number {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "content-length": length });
  response.end(answer.body);
  return answer.status;
}

/** Answers one request, well or badly; returns the status that went out, 0 when none did. */
export function deliver(response: ServerResponse, work: () => Answer, how: How | undefined): number {
  if (!how) return send(response, work());
  const wrong = wrongAnswer(how);
  if (wrong) return send(response, wrong);
  switch (how.kind) {
    case "half": {
      const answer = work();
      const body = Buffer.from(answer.body || "  ");
      response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
      return answer.status;
    }
    case "drop":
      if (how.afterWork) work();
      response.destroy();
      return 0;
    case "blackHole":
      if (how.afterWork) work();
      withhold(response);
      return 0;
    case "latency": {
      const answer = work();
      const timer = setTimeout(() => send(response, answer), how.ms);
      response.once("close", () => clearTimeout(timer));
      return answer.status;
    }
    case "drip": {
      const answer = work();
      const body = Buffer.from(answer.body);
      response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
      drip(response, body, how.everyMs);
      return answer.status;
    }
    case "endless":
      withhold(response);
      response.writeHead(200, { "content-type": "application/json" });
      endless(response);
      return 200;
  }
  return 0;
}

function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, ++sent));
    if (sent >= body.length) response.end();
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

function endless(response: ServerResponse): void {
  const chunk = `"${"x".repeat(64 * 1024)}",\n`;
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.write("[");
  response.on("drain", more);
  more();
}
