import { type HttpEnvironment, httpExchange, type Limits, type RequestOptions } from "../http/exchange.ts";
import { serviceUnavailable } from "../http/serviceUnavailable.ts";
import type {
  ClientRegistration,
  DeviceAuthorization,
  RoleCredentials,
  ServiceSettings,
  TokenGrant,
} from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import type { Service } from "./classifyResponse.ts";
import { oidcEndpoint, ssoEndpoint } from "./endpoints.ts";
import { endpointSetting, type NamedSession, withHostSetting } from "./hostSetting.ts";
import type { oidcOperations } from "./oidcSdk.ts";
import {
  type AccountsPage,
  parseAccounts,
  parseDeviceAuthorization,
  parseGrant,
  parseRegistration,
  parseRoleCredentials,
  parseRoles,
  type RolesPage,
} from "./parseResponse.ts";
import type { portalOperations } from "./portalSdk.ts";
import { type CallOptions, sdkHandler } from "./sdkHandler.ts";
import { ServiceError } from "./serviceError.ts";

export { isThrottled } from "../http/serviceUnavailable.ts";
export { ServiceError } from "./serviceError.ts";

/** Items per page of a list; the API allows 1 to 100. */
const PAGE_SIZE = 100;

type CreateTokenInput = Parameters<ReturnType<typeof oidcOperations>["createToken"]>[0];
type Client = Pick<ClientRegistration, "clientId" | "clientSecret">;

/**
 * The two services of one session. Each method sends one request, without retries, and rejects with
 * - ServiceError: the service itself rejected the request;
 * - SsoCredError("unavailable"): everything else, also throttling, 5xx and a missing field;
 * - SsoCredError("config"): a proxy variable or a CA bundle that cannot be used.
 * Texts of the service (names, addresses, URLs) are returned unchanged: clean them before showing
 * them.
 */
export interface IdentityCenter {
  registerClient(input: RegisterClientInput, options?: RequestOptions): Promise<ClientRegistration>;
  startDeviceAuthorization(
    client: Client,
    startUrl: string,
    options?: RequestOptions,
  ): Promise<DeviceAuthorization>;
  redeemAuthorizationCode(client: Client, input: CodeInput, options?: RequestOptions): Promise<TokenGrant>;
  /** `authorization_pending` and the like are ServiceErrors; `slow_down` is throttling. */
  redeemDeviceCode(client: Client, deviceCode: string, options?: RequestOptions): Promise<TokenGrant>;
  refresh(client: Client, refreshToken: string, options?: RequestOptions): Promise<TokenGrant>;
  getRoleCredentials(
    accessToken: string,
    accountId: string,
    roleName: string,
    options?: RequestOptions,
  ): Promise<RoleCredentials>;
  listAccounts(accessToken: string, nextToken?: string, options?: RequestOptions): Promise<AccountsPage>;
  listAccountRoles(
    accessToken: string,
    accountId: string,
    nextToken?: string,
    options?: RequestOptions,
  ): Promise<RolesPage>;
  logout(accessToken: string, options?: RequestOptions): Promise<void>;
}

interface RegisterClientInput {
  clientName: string;
  scopes?: string[];
  grantTypes?: string[];
  redirectUris?: string[];
  issuerUrl?: string;
}

interface CodeInput {
  code: string;
  codeVerifier: string;
  redirectUri: string;
}

/** Loads each SDK at its first request. Reads no file of ~/.aws; of the environment, proxies. */
export function identityCenter(
  session: ServiceSettings & NamedSession,
  system: HttpEnvironment & Pick<System, "trace">,
  limits?: Limits,
): IdentityCenter {
  const exchange = httpExchange(session, system, limits);
  const urls = { oidc: oidcEndpoint(session), portal: ssoEndpoint(session) };
  const settings = (service: Service) => ({
    region: session.region,
    endpoint: urls[service],
    handler: sdkHandler(service, exchange, system),
  });
  let oidcSdk: Promise<ReturnType<typeof oidcOperations>> | undefined;
  let portalSdk: Promise<ReturnType<typeof portalOperations>> | undefined;
  const oidc = () =>
    (oidcSdk ??= import("./oidcSdk.ts").then(({ oidcOperations }) => oidcOperations(settings("oidc"))));
  const portal = () =>
    (portalSdk ??= import("./portalSdk.ts").then(({ portalOperations }) =>
      portalOperations(settings("portal")),
    ));

  async function call<T>(
    { service, operation, options = {} }: Call,
    send: (options: CallOptions) => Promise<unknown>,
    parse: (output: unknown, subject: string) => T,
  ): Promise<T> {
    const { deadline, connectDeadline, signal } = options;
    const subject = `${new URL(urls[service]).host} answered ${operation}`;
    try {
      const output = await send({
        operation,
        deadline,
        connectDeadline,
        ...(signal && { abortSignal: signal }),
      });
      return parse(output, subject);
    } catch (error) {
      // The SDK adds the response to what it throws while it reads one.
      if (error instanceof Error && "$response" in error) {
        const reason = printable(error.message, 200);
        throw serviceUnavailable(`${subject} in an unexpected form`, reason, { retry: false });
      }
      throw withHostSetting(error, endpointSetting(session, service));
    }
  }

  function createToken(
    { clientId, clientSecret }: Client,
    grant: Omit<CreateTokenInput, "clientId" | "clientSecret">,
    options?: RequestOptions,
  ) {
    const about: Call = { service: "oidc", operation: "CreateToken", options };
    const input = { clientId, clientSecret, ...grant };
    return call(about, async (sdkOptions) => (await oidc()).createToken(input, sdkOptions), parseGrant);
  }

  return {
    async registerClient(given, options) {
      const about: Call = { service: "oidc", operation: "RegisterClient", options };
      const input = { clientType: "public", ...given };
      const send = async (sdkOptions: CallOptions) => (await oidc()).registerClient(input, sdkOptions);
      return await call(about, send, parseRegistration);
    },

    async startDeviceAuthorization({ clientId, clientSecret }, startUrl, options) {
      const about: Call = { service: "oidc", operation: "StartDeviceAuthorization", options };
      const input = { clientId, clientSecret, startUrl };
      const send = async (sdkOptions: CallOptions) =>
        (await oidc()).startDeviceAuthorization(input, sdkOptions);
      return await call(about, send, parseDeviceAuthorization);
    },

    redeemAuthorizationCode(client, input, options) {
      return createToken(client, { grantType: "authorization_code", ...input }, options);
    },

    redeemDeviceCode(client, deviceCode, options) {
      const grantType = "urn:ietf:params:oauth:grant-type:device_code";
      return createToken(client, { grantType, deviceCode }, options);
    },

    refresh(client, refreshToken, options) {
      return createToken(client, { grantType: "refresh_token", refreshToken }, options);
    },

    async getRoleCredentials(token, accountId, roleName, options) {
      const about: Call = { service: "portal", operation: "GetRoleCredentials", options };
      const input = { accessToken: assertHeaderSafe(token), accountId, roleName };
      return await call(
        about,
        async (sdkOptions) => (await portal()).getRoleCredentials(input, sdkOptions),
        (output, subject) => parseRoleCredentials(output, subject, system.now()),
      );
    },

    async listAccounts(token, nextToken, options) {
      const about: Call = { service: "portal", operation: "ListAccounts", options };
      const input = { accessToken: assertHeaderSafe(token), nextToken, maxResults: PAGE_SIZE };
      const send = async (sdkOptions: CallOptions) => (await portal()).listAccounts(input, sdkOptions);
      return await call(about, send, parseAccounts);
    },

    async listAccountRoles(token, accountId, nextToken, options) {
      const about: Call = { service: "portal", operation: "ListAccountRoles", options };
      const input = { accessToken: assertHeaderSafe(token), accountId, nextToken, maxResults: PAGE_SIZE };
      const send = async (sdkOptions: CallOptions) => (await portal()).listAccountRoles(input, sdkOptions);
      return await call(about, send, parseRoles);
    },

    async logout(token, options) {
      const about: Call = { service: "portal", operation: "Logout", options };
      const input = { accessToken: assertHeaderSafe(token) };
      const send = async (sdkOptions: CallOptions) => (await portal()).logout(input, sdkOptions);
      await call(about, send, () => undefined);
    },
  };
}

interface Call {
  service: Service;
  operation: string;
  options?: RequestOptions | undefined;
}

/** Rejects a token that no header can carry, as the service would, which did not issue it. */
function assertHeaderSafe(accessToken: string): string {
  if (/^[\x21-\x7e]+$/.test(accessToken)) return accessToken;
  const code = "UnauthorizedException";
  throw new ServiceError(401, code, `${code}: the access token is malformed`);
}
