import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Incoming } from "./http.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

export interface Signature {
  accessKeyId: string;
  /** `DATE/REGION/SERVICE/aws4_request`. */
  scope: string;
  signedHeaders: string[];
  signature: string;
}

/** Parts of an `AWS4-HMAC-SHA256` Authorization header; undefined for anything else. */
export function parseAuthorization(header: string | undefined): Signature | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8}\/[^/,\s]+\/[^/,\s]+\/aws4_request), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(
      header ?? "",
    );
  if (!match) return undefined;
  const [, accessKeyId = "", scope = "", headers = "", signature = ""] = match;
  return { accessKeyId, scope, signedHeaders: headers.split(";"), signature };
}

function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * True if the request was signed with this secret, by the steps of "Signature Version 4 signing
 * process" in the IAM user guide, for header signatures of whole bodies. S3 signs the checksum that
 * a header states, which may also say that the body is not covered.
 */
export function isSignedWith(secretAccessKey: string, signed: Signature, incoming: Incoming): boolean {
  const required = ["host", "x-amz-date"];
  if (required.some((name) => !signed.signedHeaders.includes(name))) return false;
  const query = [...incoming.query]
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort()
    .join("&");
  const headers = signed.signedHeaders.map(
    (name) => `${name}:${(incoming.headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`,
  );
  const bodySum = sha256(incoming.text);
  const stated = incoming.headers["x-amz-content-sha256"] ?? bodySum;
  if (/^[0-9a-f]{64}$/.test(stated) && stated !== bodySum) return false;
  const canonicalRequest = [
    incoming.method,
    incoming.path,
    query,
    headers.join(""),
    signed.signedHeaders.join(";"),
    stated,
  ].join("\n");
  const date = incoming.headers["x-amz-date"] ?? "";
  const [day = "", region = "", service = ""] = signed.scope.split("/");
  if (!date.startsWith(day)) return false;
  const text = ["AWS4-HMAC-SHA256", date, signed.scope, sha256(canonicalRequest)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(signed.signature, "hex"));
}
