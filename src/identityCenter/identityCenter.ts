import { type HttpEnvironment, httpExchange, type Limits, type Patience } from "../http/exchange.ts";
import { ServiceUnavailable, unavailable } from "../http/serviceUnavailable.ts";
import type {
  ClientRegistration,
  DeviceAuthorization,
  RoleCredentials,
  SsoSession,
  TokenGrant,
} from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { ServiceError } from "./classifyResponse.ts";
import { oidcEndpoint, ssoEndpoint } from "./endpoints.ts";
import {
  type AccountsPage,
  type RolesPage,
  readAccounts,
  readDeviceAuthorization,
  readGrant,
  readRegistration,
  readRoleCredentials,
  readRoles,
} from "./parseResponse.ts";
import type { CreateTokenCommandInput } from "./sdk.ts";
import { type CallOptions, sdkHandler } from "./sdkHandler.ts";
import type { StartUrlRequest } from "./startUrl.ts";

export { isThrottled } from "../http/serviceUnavailable.ts";
export { ServiceError } from "./classifyResponse.ts";

/** In one page of a list; the model allows 1 to 100. */
const MOST_RESULTS = 100;

type Client = Pick<ClientRegistration, "clientId" | "clientSecret">;

/**
 * The two services of one session. Each method is one request, without retries (`withRetries` has them), and rejects with
 *  - ServiceError: the service's own refusal (4xx);
 *  - SsoCredError("unavailable"): everything else, 429 and 5xx included, and answers that lack what they must hold;
 *  - SsoCredError("config"): a proxy variable or a CA bundle that cannot be used.
 * Texts of the service (names, addresses, URLs) are passed on as they came: whoever shows them cleans them.
 */
export interface IdentityCenter {
  registerClient(input: RegisterClientInput, patience?: Patience): Promise<ClientRegistration>;
  startDeviceAuthorization(
    client: Client,
    startUrl: string,
    patience?: Patience,
  ): Promise<DeviceAuthorization>;
  redeemAuthorizationCode(client: Client, input: CodeInput, patience?: Patience): Promise<TokenGrant>;
  /** `authorization_pending`, `slow_down`, `expired_token`, `access_denied` are ServiceErrors. */
  redeemDeviceCode(client: Client, deviceCode: string, patience?: Patience): Promise<TokenGrant>;
  refresh(client: Client, refreshToken: string, patience?: Patience): Promise<TokenGrant>;
  getRoleCredentials(
    accessToken: string,
    accountId: string,
    roleName: string,
    patience?: Patience,
  ): Promise<RoleCredentials>;
  listAccounts(accessToken: string, nextToken?: string, patience?: Patience): Promise<AccountsPage>;
  listAccountRoles(
    accessToken: string,
    accountId: string,
    nextToken?: string,
    patience?: Patience,
  ): Promise<RolesPage>;
  logout(accessToken: string, patience?: Patience): Promise<void>;
  close(): void;
}

export interface RegisterClientInput {
  clientName: string;
  scopes?: string[];
  grantTypes?: string[];
  redirectUris?: string[];
  issuerUrl?: string;
}

export interface CodeInput {
  code: string;
  codeVerifier: string;
  redirectUri: string;
}

/** Loads the SDK. Reads no file of ~/.aws; the environment only for proxies. */
export async function identityCenter(
  session: Pick<SsoSession, "region" | "endpoints" | "caBundle">,
  system: HttpEnvironment & Pick<System, "trace">,
  limits?: Limits,
): Promise<IdentityCenter> {
  const { commands, oidcClient, portalClient } = await import("./sdk.ts");
  const exchange = httpExchange(session, system, limits);
  const { region } = session;
  const oidcUrl = oidcEndpoint(session);
  const portalUrl = ssoEndpoint(session);
  const oidc = oidcClient({ region, endpoint: oidcUrl, handler: sdkHandler("oidc", exchange, system) });
  const portal = portalClient({
    region,
    endpoint: portalUrl,
    handler: sdkHandler("portal", exchange, system),
  });

  /** Sends, and reads the output; what the SDK or the reader stumbles over is the answer's fault. */
  async function call<T>(
    { url, operation, patience: { deadline, connectDeadline, signal } = {}, emptyIsGood = false }: Call,
    send: (options: CallOptions) => Promise<unknown>,
    read: (output: unknown, answer: string) => T,
  ): Promise<T> {
    const options = {
      operation,
      emptyIsGood,
      deadline,
      connectDeadline,
      ...(signal && { abortSignal: signal }),
    };
    const answer = `${new URL(url).host} answered ${operation}`;
    try {
      return read(await send(options), answer);
    } catch (error) {
      // The SDK adds the answer to what it throws while reading one.
      if (!(error instanceof Error && "$response" in error)) throw error;
      const outage = new ServiceUnavailable(printable(error.message, 200), { retry: false });
      throw unavailable(`${answer} in an unexpected form`, outage);
    }
  }

  function createToken(
    { clientId, clientSecret }: Client,
    grant: Omit<CreateTokenCommandInput, "clientId" | "clientSecret">,
    patience?: Patience,
  ) {
    const command = new commands.CreateTokenCommand({ clientId, clientSecret, ...grant });
    const about = { url: oidcUrl, operation: "CreateToken", patience };
    return call(about, (options) => oidc.send(command, options), readGrant);
  }

  return {
    registerClient(input, patience) {
      const command = new commands.RegisterClientCommand({ clientType: "public", ...input });
      const about = { url: oidcUrl, operation: "RegisterClient", patience };
      return call(about, (options) => oidc.send(command, options), readRegistration);
    },

    startDeviceAuthorization({ clientId, clientSecret }, startUrl, patience) {
      const command = new commands.StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl });
      const about = { url: oidcUrl, operation: "StartDeviceAuthorization", patience };
      return call(about, (options) => oidc.send(command, options), readDeviceAuthorization);
    },

    redeemAuthorizationCode(client, input, patience) {
      return createToken(client, { grantType: "authorization_code", ...input }, patience);
    },

    redeemDeviceCode(client, deviceCode, patience) {
      const grantType = "urn:ietf:params:oauth:grant-type:device_code";
      return createToken(client, { grantType, deviceCode }, patience);
    },

    refresh(client, refreshToken, patience) {
      return createToken(client, { grantType: "refresh_token", refreshToken }, patience);
    },

    async getRoleCredentials(accessToken, accountId, roleName, patience) {
      const input = { accessToken: assertHeaderSafe(accessToken), accountId, roleName };
      const command = new commands.GetRoleCredentialsCommand(input);
      const about = { url: portalUrl, operation: "GetRoleCredentials", patience };
      return await call(
        about,
        (options) => portal.send(command, options),
        (output, answer) => readRoleCredentials(output, answer, system.now()),
      );
    },

    async listAccounts(accessToken, nextToken, patience) {
      const command = new commands.ListAccountsCommand({
        accessToken: assertHeaderSafe(accessToken),
        nextToken,
        maxResults: MOST_RESULTS,
      });
      const about = { url: portalUrl, operation: "ListAccounts", patience };
      return await call(about, (options) => portal.send(command, options), readAccounts);
    },

    async listAccountRoles(accessToken, accountId, nextToken, patience) {
      const input = {
        accessToken: assertHeaderSafe(accessToken),
        accountId,
        nextToken,
        maxResults: MOST_RESULTS,
      };
      const command = new commands.ListAccountRolesCommand(input);
      const about = { url: portalUrl, operation: "ListAccountRoles", patience };
      return await call(about, (options) => portal.send(command, options), readRoles);
    },

    async logout(accessToken, patience) {
      const command = new commands.LogoutCommand({ accessToken: assertHeaderSafe(accessToken) });
      const about = { url: portalUrl, operation: "Logout", patience, emptyIsGood: true };
      await call(
        about,
        (options) => portal.send(command, options),
        () => undefined,
      );
    },

    close() {
      oidc.destroy();
      portal.destroy();
    },
  };
}

/** The request that `resolveStartUrl` makes, through the same proxies and with the same CAs. */
export function startUrlRequest(
  session: Pick<SsoSession, "caBundle">,
  system: HttpEnvironment & Pick<System, "trace">,
): StartUrlRequest {
  const exchange = httpExchange(session, system);
  return async (method, url, timeoutMs) => {
    const deadline = system.now() + timeoutMs;
    const { status, headers } = await exchange({ method, url: new URL(url), headers: {} }, { deadline });
    system.trace.step("start URL", { host: new URL(url).host, status });
    return { status, location: headers.location };
  };
}

interface Call {
  url: string;
  operation: string;
  patience?: Patience | undefined;
  emptyIsGood?: boolean;
}

/** A token that no header can carry was not given by the service: its answer would be the same. */
function assertHeaderSafe(accessToken: string): string {
  if (/^[\x21-\x7e]+$/.test(accessToken)) return accessToken;
  throw new ServiceError(
    401,
    "UnauthorizedException",
    "UnauthorizedException: the access token is malformed",
  );
}
