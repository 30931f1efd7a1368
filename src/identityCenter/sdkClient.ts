/** The SDK's request and response, as a request handler sees them. */
export interface SdkRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

export interface SdkHandler {
  handle(
    request: SdkRequest,
    options?: object,
  ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Uint8Array } }>;
}

export interface ClientSettings {
  region: string;
  endpoint: string;
  handler: SdkHandler;
}

/** Every setting that the SDK would otherwise look up in the environment or in ~/.aws. */
export function configuration({ region, endpoint, handler }: ClientSettings) {
  return {
    region,
    endpoint,
    requestHandler: { ...handler, metadata: { handlerProtocol: "http/1.1" } },
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard" as const,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    defaultUserAgentProvider: async () => [["sso-cred"] as [string]],
    authSchemePreference: async () => ["noAuth"],
    logger: { trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  };
}

/**
 * Removes the SDK's retries (see `withRetries`), its identity resolution and signing (these
 * operations are unsigned, and nothing may look for credentials), and its reading of Lambda's
 * environment variables.
 */
export function bare<C extends { middlewareStack: { remove(name: string): boolean } }>(client: C): C {
  const dropped = ["retry", "httpAuthScheme", "httpSigning", "recursionDetection"];
  for (const name of dropped) client.middlewareStack.remove(`${name}Middleware`);
  return client;
}
