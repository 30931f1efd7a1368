import { randomUUID } from "node:crypto";

/** A complete request, its body parsed by its content type. */
export interface Incoming {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  text: string;
  body: unknown;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID(), ...headers },
    body: JSON.stringify(body),
  };
}

export function htmlResponse(status: number, title: string, body: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}\n`,
  };
}

export function xmlResponse(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/xml" }, body };
}

export function redirect(status: 302 | 303, location: string): HttpResponse {
  return { status, headers: { location }, body: "" };
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
