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
import type { CreateTokenCommandInput } from "./sdk.ts";
import { type CallOptions, sdkHandler } from "./sdkHandler.ts";
import { ServiceError } from "./serviceError.ts";

export { isThrottled } from "../http/serviceUnavailable.ts";
export { ServiceError } from "./serviceError.ts";

/** Items per page of a list; the API allows 1 to 100. */
const PAGE_SIZE = 100;

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
  close(): void;
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

/** The services of a session, opened on first use. `close` never rejects. */
export function lazyIdentityCenter(...args: Parameters<typeof identityCenter>) {
  let opened: Promise<IdentityCenter> | undefined;
  return {
    api: () => (opened ??= identityCenter(...args)),
    close: async () => await opened?.then((client) => client.close()).catch(() => {}),
  };
}

/** Loads the SDK. Reads no file of ~/.aws, and the environment only for proxies. */
export async function identityCenter(
  session: ServiceSettings & NamedSession,
  system: HttpEnvironment & Pick<System, "trace">,
  limits?: Limits,
): Promise<IdentityCenter> {
  const { commands, oidcClient, portalClient } = await import("./sdk.ts");
  const exchange = httpExchange(session, system, limits);
  const { region } = session;
  const oidcUrl = oidcEndpoint(session);
  const portalUrl = ssoEndpoint(session);
  const oidc = oidcClient({ region, endpoint: oidcUrl, handler: sdkHandler("oidc", exchange, system) });
  const portalHandler = sdkHandler("portal", exchange, system);
  const portal = portalClient({ region, endpoint: portalUrl, handler: portalHandler });

  async function call<T>(
    { service, operation, options = {} }: Call,
    send: (options: CallOptions) => Promise<unknown>,
    parse: (output: unknown, subject: string) => T,
  ): Promise<T> {
    const { deadline, connectDeadline, signal } = options;
    const url = service === "oidc" ? oidcUrl : portalUrl;
    const subject = `${new URL(url).host} answered ${operation}`;
    try {
      const abort = signal && { abortSignal: signal };
      return parse(await send({ operation, deadline, connectDeadline, ...abort }), subject);
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
    grant: Omit<CreateTokenCommandInput, "clientId" | "clientSecret">,
    options?: RequestOptions,
  ) {
    const command = new commands.CreateTokenCommand({ clientId, clientSecret, ...grant });
    const about = { service: "oidc" as const, operation: "CreateToken", options };
    return call(about, (sdkOptions) => oidc.send(command, sdkOptions), parseGrant);
  }

  return {
    registerClient(input, options) {
      const command = new commands.RegisterClientCommand({ clientType: "public", ...input });
      const about = { service: "oidc" as const, operation: "RegisterClient", options };
      return call(about, (sdkOptions) => oidc.send(command, sdkOptions), parseRegistration);
    },

    startDeviceAuthorization({ clientId, clientSecret }, startUrl, options) {
      const command = new commands.StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl });
      const about = { service: "oidc" as const, operation: "StartDeviceAuthorization", options };
      return call(about, (sdkOptions) => oidc.send(command, sdkOptions), parseDeviceAuthorization);
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
      const accessToken = assertHeaderSafe(token);
      const command = new commands.GetRoleCredentialsCommand({ accessToken, accountId, roleName });
      const about = { service: "portal" as const, operation: "GetRoleCredentials", options };
      return await call(
        about,
        (sdkOptions) => portal.send(command, sdkOptions),
        (output, subject) => parseRoleCredentials(output, subject, system.now()),
      );
    },

    async listAccounts(token, nextToken, options) {
      const input = { accessToken: assertHeaderSafe(token), nextToken, maxResults: PAGE_SIZE };
      const command = new commands.ListAccountsCommand(input);
      const about = { service: "portal" as const, operation: "ListAccounts", options };
      return await call(about, (sdkOptions) => portal.send(command, sdkOptions), parseAccounts);
    },

    async listAccountRoles(token, accountId, nextToken, options) {
      const input = { accessToken: assertHeaderSafe(token), accountId, nextToken, maxResults: PAGE_SIZE };
      const command = new commands.ListAccountRolesCommand(input);
      const about = { service: "portal" as const, operation: "ListAccountRoles", options };
      return await call(about, (sdkOptions) => portal.send(command, sdkOptions), parseRoles);
    },

    async logout(token, options) {
      const command = new commands.LogoutCommand({ accessToken: assertHeaderSafe(token) });
      const about = { service: "portal" as const, operation: "Logout", options };
      await call(
        about,
        (sdkOptions) => portal.send(command, sdkOptions),
        () => undefined,
      );
    },

    close() {
      oidc.destroy();
      portal.destroy();
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
