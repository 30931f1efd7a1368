import type { Exchange, Patience, WireRequest } from "../http/exchange.ts";
import type { System } from "../platform/system.ts";
import { classifyResponse, type Service, ServiceError } from "./classifyResponse.ts";
import type { SdkHandler, SdkRequest } from "./sdk.ts";

/** What `client.send(command, options)` hands through the SDK to its request handler. */
export interface CallOptions {
  operation: string;
  emptyIsGood: boolean;
  deadline?: Patience["deadline"];
  connectDeadline?: Patience["connectDeadline"];
  /** The SDK's name for it. */
  abortSignal?: AbortSignal;
}

const SECRETS = ["clientSecret", "code", "codeVerifier", "deviceCode", "refreshToken"];

/** The SDK's request handler: judges the answers itself and shows the SDK only the good ones. */
export function sdkHandler(
  service: Service,
  exchange: Exchange,
  system: Pick<System, "now" | "trace">,
): SdkHandler {
  return {
    async handle(sdkRequest, options) {
      const {
        operation,
        emptyIsGood,
        deadline,
        connectDeadline,
        abortSignal: signal,
      } = options as CallOptions;
      const request = wireRequest(sdkRequest);
      const { host } = request.url;
      const startedAt = system.now();
      const done = (result: object) =>
        system.trace.step(operation, { host, ...result, ms: system.now() - startedAt });
      try {
        const answer = await exchange(request, { deadline, connectDeadline, signal });
        done({ status: answer.status });
        classifyResponse(answer, host, service, { emptyIsGood, secrets: secretsIn(request) });
        return { response: { statusCode: answer.status, headers: answer.headers, body: answer.body } };
      } catch (error) {
        if (error instanceof ServiceError) throw error;
        done({ error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    },
  };
}

function wireRequest(request: SdkRequest): WireRequest {
  const { protocol, hostname, port, path, query = {}, method, headers, body } = request;
  const url = new URL(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) url.searchParams.append(name, item ?? "");
  }
  const hasBody = typeof body === "string" || body instanceof Uint8Array;
  return { method, url, headers, body: hasBody ? body : undefined };
}

/** A service that repeats in its complaint what it was sent does not get a secret onto the terminal. */
function secretsIn({ headers, body }: WireRequest): string[] {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const sent: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
  const values = [headers["x-amz-sso_bearer_token"], ...SECRETS.map((name) => sent[name])];
  return values.filter((value) => typeof value === "string" && value !== "") as string[];
}
