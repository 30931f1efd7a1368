import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  SSOClient,
} from "@aws-sdk/client-sso";
import {
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from "@aws-sdk/client-sso-oidc";

export type { CreateTokenCommandInput } from "@aws-sdk/client-sso-oidc";

/** The AWS SDK's part: requests from typed input, typed output from answers. All the rest is in `identityCenter.ts`. */
export const commands = {
  CreateTokenCommand,
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  RegisterClientCommand,
  StartDeviceAuthorizationCommand,
};

/** The SDK's request and answer, as far as a request handler sees them. */
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

export function portalClient(settings: ClientSettings): SSOClient {
  return bare(new SSOClient(configuration(settings)));
}

export function oidcClient(settings: ClientSettings): SSOOIDCClient {
  return bare(new SSOOIDCClient(configuration(settings)));
}

/** Every setting that the SDK would else look for in the environment or in ~/.aws, given. */
function configuration({ region, endpoint, handler }: ClientSettings) {
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
 * Off go: retries (retry.ts has them), the choice of an identity and signing (no operation here is signed, and nothing may look
 * for credentials), and the reading of Lambda's environment variables.
 */
function bare<C extends { middlewareStack: { remove(name: string): boolean } }>(client: C): C {
  for (const name of [
    "retryMiddleware",
    "httpAuthSchemeMiddleware",
    "httpSigningMiddleware",
    "recursionDetectionMiddleware",
  ]) {
    client.middlewareStack.remove(name);
  }
  return client;
}
