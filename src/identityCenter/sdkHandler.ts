import type { Exchange, HttpRequest, RequestOptions } from "../http/exchange.ts";
import type { System } from "../platform/system.ts";
import { classifyResponse } from "./classifyResponse.ts";
import type { SdkHandler, SdkRequest } from "./sdkClient.ts";
import type { Service } from "./serviceError.ts";
import { ServiceError } from "./serviceError.ts";

/** What `client.send(command, options)` passes through the SDK to its request handler. */
export interface CallOptions {
  operation: string;
  deadline?: RequestOptions["deadline"];
  connectDeadline?: RequestOptions["connectDeadline"];
  /** The SDK's name for `RequestOptions.signal`. */
  abortSignal?: AbortSignal | undefined;
}

const SECRETS = ["clientSecret", "code", "codeVerifier", "deviceCode", "refreshToken"];

/** The SDK's request handler: classifies responses, and passes only successes on to the SDK. */
export function sdkHandler(
  service: Service,
  exchange: Exchange,
  system: Pick<System, "now" | "trace">,
): SdkHandler {
  return {
    async handle(sdkRequest, options) {
      const { operation, deadline, connectDeadline, abortSignal: signal } = options as CallOptions;
      const request = httpRequest(sdkRequest);
      const { host } = request.url;
      const startedAt = system.now();
      const done = (result: object) =>
        system.trace.step(operation, { host, ...result, ms: system.now() - startedAt });
      try {
        const response = await exchange(request, { deadline, connectDeadline, signal });
        const { status: statusCode, headers, body } = response;
        done({ status: statusCode });
        // Only Logout has nothing to tell.
        const isEmptyGood = operation === "Logout";
        classifyResponse(response, host, service, { isEmptyGood, secrets: secretsIn(request) });
        return { response: { statusCode, headers, body } };
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        done({ error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
  };
}

function httpRequest(request: SdkRequest): HttpRequest {
  const { protocol, hostname, port, path, query = {}, method, headers, body } = request;
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((item) => `${name}=${encodeURIComponent(item?.toWellFormed() ?? "")}`),
  );
  const search = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}${search}`);
  return { method, url, headers, body: bytesOf(body) };
}

/** The SDK passes its own kind of bytes, and warns if they are used as text. */
function bytesOf(body: unknown): Buffer | undefined {
  if (typeof body === "string") return Buffer.from(body);
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : undefined;
}

/** The secrets of a request, which an error message that repeats them must not show. */
function secretsIn({ headers, body }: HttpRequest): string[] {
  const sent: Record<string, unknown> = body?.length ? JSON.parse(body.toString()) : {};
  const values = [headers["x-amz-sso_bearer_token"], ...SECRETS.map((name) => sent[name])];
  return values.filter((value) => typeof value === "string" && value !== "") as string[];
}
