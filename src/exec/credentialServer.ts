import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isKind, SsoCredError } from "../errors.ts";
import { formatTimestamp } from "../hit/expiry.ts";
import type { RoleCredentials } from "../model.ts";
import { listenOnLoopback } from "../platform/loopback.ts";

const PATH = "/credentials";
const MAX_CONNECTIONS = 64;

/**
 * Serves the SDKs' container credentials protocol on 127.0.0.1, on a port chosen by the system.
 * Everything but a GET of the one path with the right Host and token is answered with 403. Requests
 * that arrive while credentials are being obtained share the result.
 * Throws `unavailable`, naming the command `withoutServer`, where no socket may listen.
 *
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function serveCredentials(
  accountId: string,
  obtain: () => Promise<RoleCredentials>,
  withoutServer: string,
) {
  const token = randomBytes(32).toString("base64url");
  let port = 0;
  let pending: Promise<RoleCredentials> | undefined;
  const shared = () => {
    pending ??= obtain().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  const server = createServer(
    {
      requestTimeout: 10_000,
      headersTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      request.resume();
      if (!isAllowed(request, port, token)) {
        return send(response, 403, { code: "AccessDenied", message: "this address is not for you" });
      }
      shared().then(
        (credentials) => send(response, 200, asDocument(credentials, accountId)),
        (error: unknown) => send(response, ...asFailure(error)),
      );
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = 1_000;
  port = await listenOnLoopback(server).catch(({ code }) => {
    const message = `this system does not allow sso-cred to listen on 127.0.0.1 for the command's requests (${code}): a sandbox, or a security policy?`;
    throw new SsoCredError("unavailable", message, { remedy: { run: withoutServer } });
  });
  return {
    /** The variables that lead an SDK to the server. */
    variables: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}${PATH}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Checking the Host header shuts out pages that rebind their name to 127.0.0.1. */
function isAllowed({ method, url, headers, socket }: IncomingMessage, port: number, token: string): boolean {
  return (
    method === "GET" &&
    url === PATH &&
    headers.host === `127.0.0.1:${port}` &&
    socket.remoteAddress === "127.0.0.1" &&
    isEqual(headers.authorization ?? "", token)
  );
}

/** Compares in constant time, also for different lengths. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function asDocument(credentials: RoleCredentials, accountId: string): object {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: formatTimestamp(credentials.expiration),
    AccountId: accountId,
  };
}

/** SDKs retry after a 5xx: right only while a person may still sign in. */
function asFailure(error: unknown): [status: number, body: object] {
  const message = error instanceof SsoCredError ? error.message : "unexpected";
  const isFinal = isKind(error, "access-denied", "config", "usage");
  return [isFinal ? 400 : 503, { code: error instanceof SsoCredError ? error.kind : "unexpected", message }];
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}
