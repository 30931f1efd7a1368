import { expect, test } from "vitest";
import type { Incoming } from "../../identityCenter/http.ts";
import { isSignedWith, parseAuthorization } from "../../identityCenter/signatureV4.ts";

// The examples of "Signature calculations for the Authorization header" (Amazon S3 API reference).
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SCOPE = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
const EXAMPLES = {
  GET: {
    path: "/test.txt",
    text: "",
    headers: {
      range: "bytes=0-9",
      "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
    signed: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  PUT: {
    path: "/test%24file.text",
    text: "Welcome to Amazon S3.",
    headers: {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    },
    signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
} as const;

function accepts(method: keyof typeof EXAMPLES, changes: { text?: string; secret?: string } = {}): boolean {
  const { path, text, headers, signed, signature } = EXAMPLES[method];
  const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${signed},Signature=${signature}`;
  const incoming: Incoming = {
    method,
    path,
    query: new URLSearchParams(),
    headers: { host: "examplebucket.s3.amazonaws.com", "x-amz-date": "20130524T000000Z", ...headers },
    text: changes.text ?? text,
    body: undefined,
  };
  const parsed = parseAuthorization(authorization);
  return parsed !== undefined && isSignedWith(changes.secret ?? SECRET, parsed, incoming);
}

test.each(["GET", "PUT"] as const)("S3's own example of a signed %s is accepted", (method) => {
  expect(accepts(method)).toBe(true);
});

test("another secret, or a body that its checksum does not cover, is not", () => {
  expect(accepts("GET", { secret: "wrong" })).toBe(false);
  expect(accepts("PUT", { text: "Welcome to Amazon S4." })).toBe(false);
});
