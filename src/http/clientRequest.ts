import type { ClientRequest, RequestOptions } from "node:http";

/**
 * Starts a request of Node's HTTP client. Its own module is loaded instead of `node:http`, which
 * would load the server, too. Node does not document it, hence the fallback.
 */
export function clientRequest(options: RequestOptions): ClientRequest {
  const { ClientRequest } = (process.getBuiltinModule("_http_client") ??
    process.getBuiltinModule("node:http")) as unknown as typeof import("node:http");
  return new (ClientRequest as new (options: RequestOptions) => ClientRequest)(options);
}
