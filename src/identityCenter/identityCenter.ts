import { type HttpEnvironment, httpExchange, type Limits, type RequestOptions } from "../http/exchange.ts";
import { serviceUnavailable } from "../http/serviceUnavailable.ts";
import type { ClientRegistration, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { endpointSetting, oidcEndpoint, ssoEndpoint, withHostSetting } from "./endpoints.ts";
import type { oidcOperations } from "./oidcSdk.ts";
import {
  HEADER_SAFE,
  parseAccounts,
  parseDeviceAuthorization,
  parseGrant,
  parseRegistration,
  parseRoleCredentials,
  parseRoles,
} from "./parseResponse.ts";
import type { ClientSettings } from "./sdkClient.ts";
import { type CallOptions, sdkHandler } from "./sdkHandler.ts";
import { type Service, ServiceError } from "./serviceError.ts";

export { ServiceError } from "./serviceError.ts";

/** Items per page of a list; the API allows 1 to 100. */
const PAGE_SIZE = 100;
/** The time to revoke a token that is not stored. */
const DISCARD_MS = 5_000;

type Oidc = ReturnType<typeof oidcOperations>;
type CreateTokenInput = Parameters<Oidc["CreateToken"]>[0];
type CodeInput = Pick<CreateTokenInput, "code" | "codeVerifier" | "redirectUri">;
type RegisterClientInput = Omit<Parameters<Oidc["RegisterClient"]>[0], "clientType">;
type Client = Pick<ClientRegistration, "clientId" | "clientSecret">;

export type IdentityCenter = ReturnType<typeof identityCenter>;

/**
 * The two services of one session. Each method sends one request, without retries, and rejects with
 * - ServiceError: the service itself rejected the request;
 * - SsoCredError("unavailable"): everything else, also throttling, 5xx and a missing field;
 * - SsoCredError("config"): a proxy variable or a CA bundle that cannot be used.
 * Texts of the service (names, addresses, URLs) are returned unchanged: clean them before showing
 * them. Loads each SDK at its first request. Reads no file of ~/.aws; of the environment, proxies.
 */
export function identityCenter(
  session: Omit<SsoSession, "startUrl" | "scopes" | "login">,
  system: HttpEnvironment & Pick<System, "trace">,
  limits?: Limits,
) {
  const exchange = httpExchange(session, system, limits);
  const oidc = client("oidc", oidcEndpoint(session), async (settings) => {
    const { oidcOperations } = await import("./oidcSdk.ts");
    return oidcOperations(settings);
  });
  const portal = client("portal", ssoEndpoint(session), async (settings) => {
    const { portalOperations } = await import("./portalSdk.ts");
    return portalOperations(settings);
  });

  /** Sends one request by a service's SDK, which is loaded for the first one. */
  function client<Sdk extends Record<keyof Sdk, Send>>(
    service: Service,
    endpoint: string,
    load: (settings: ClientSettings) => Promise<Sdk>,
  ) {
    let sdk: Promise<Sdk> | undefined;
    return async <Name extends keyof Sdk & string, T>(
      operation: Name,
      input: Parameters<Sdk[Name]>[0],
      { deadline, connectDeadline, signal }: RequestOptions = {},
      parse: (output: unknown, subject: string) => T,
    ): Promise<T> => {
      const subject = `${new URL(endpoint).host} answered ${operation}`;
      const options: CallOptions = { operation, deadline, connectDeadline, abortSignal: signal };
      try {
        sdk ??= load({ region: session.region, endpoint, handler: sdkHandler(service, exchange, system) });
        return parse(await (await sdk)[operation](input as never, options), subject);
      } catch (error) {
        // The SDK adds the response to what it throws while it reads one.
        if (error instanceof Error && "$response" in error) {
          const reason = printable(error.message, 200);
          throw serviceUnavailable(`${subject} in an unexpected form`, reason, { retry: false });
        }
        throw withHostSetting(error, endpointSetting(session, service));
      }
    };
  }

  function createToken(
    { clientId, clientSecret }: Client,
    grant: Omit<CreateTokenInput, "clientId" | "clientSecret">,
    options?: RequestOptions,
  ) {
    return oidc("CreateToken", { clientId, clientSecret, ...grant }, options, parseGrant);
  }

  return {
    registerClient(given: RegisterClientInput, options?: RequestOptions) {
      return oidc("RegisterClient", { clientType: "public", ...given }, options, parseRegistration);
    },

    startDeviceAuthorization({ clientId, clientSecret }: Client, startUrl: string, options?: RequestOptions) {
      const input = { clientId, clientSecret, startUrl };
      return oidc("StartDeviceAuthorization", input, options, parseDeviceAuthorization);
    },

    redeemAuthorizationCode(client: Client, input: CodeInput, options?: RequestOptions) {
      return createToken(client, { grantType: "authorization_code", ...input }, options);
    },

    /** `authorization_pending` and the like are ServiceErrors; `slow_down` is throttling. */
    redeemDeviceCode(client: Client, deviceCode: string, options?: RequestOptions) {
      const grantType = "urn:ietf:params:oauth:grant-type:device_code";
      return createToken(client, { grantType, deviceCode }, options);
    },

    refresh(client: Client, refreshToken: string, options?: RequestOptions) {
      return createToken(client, { grantType: "refresh_token", refreshToken }, options);
    },

    async getRoleCredentials(token: string, accountId: string, roleName: string, options?: RequestOptions) {
      const input = { accessToken: assertHeaderSafe(token), accountId, roleName };
      const parse = (output: unknown, subject: string) => parseRoleCredentials(output, subject, system.now());
      return await portal("GetRoleCredentials", input, options, parse);
    },

    async listAccounts(token: string, nextToken?: string, options?: RequestOptions) {
      const input = { accessToken: assertHeaderSafe(token), nextToken, maxResults: PAGE_SIZE };
      return await portal("ListAccounts", input, options, parseAccounts);
    },

    async listAccountRoles(token: string, accountId: string, nextToken?: string, options?: RequestOptions) {
      const input = { accessToken: assertHeaderSafe(token), accountId, nextToken, maxResults: PAGE_SIZE };
      return await portal("ListAccountRoles", input, options, parseRoles);
    },

    async logout(token: string, options?: RequestOptions): Promise<void> {
      await portal("Logout", { accessToken: assertHeaderSafe(token) }, options, () => undefined);
    },
  };
}

/** One operation of an SDK. */
type Send = (input: never, options: object) => Promise<unknown>;

/** Rejects a token that no header can carry, as the service would, which did not issue it. */
function assertHeaderSafe(accessToken: string): string {
  if (HEADER_SAFE.test(accessToken)) return accessToken;
  const code = "UnauthorizedException";
  throw new ServiceError("portal", 401, code, `${code}: the access token is malformed`);
}

/** Revokes a new token that arrived after a logout. Best effort; true if the token is dead. */
export async function discardToken(
  api: Pick<IdentityCenter, "logout">,
  accessToken: string,
  deadline: number,
  system: Pick<System, "now" | "trace">,
): Promise<boolean> {
  try {
    await api.logout(accessToken, { deadline: Math.min(deadline, system.now() + DISCARD_MS) });
    return true;
  } catch (error) {
    system.trace.step("the token could not be revoked", { error: String(error) });
    return error instanceof ServiceError && error.needsSignIn;
  }
}
