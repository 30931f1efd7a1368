import { sessionTitle } from "../../config/describeSession.ts";
import { DEFAULT_SCOPES, namedScopes } from "../../config/session.ts";
import { isKind, SsoCredError } from "../../errors.ts";
import type { RequestOptions } from "../../http/exchange.ts";
import { RETRY_MS, withRetries } from "../../http/withRetries.ts";
import { oidcEndpoint } from "../../identityCenter/endpoints.ts";
import {
  discardToken,
  type IdentityCenter,
  identityCenter,
  ServiceError,
} from "../../identityCenter/identityCenter.ts";
import { resolveStartUrl, startUrlRequest } from "../../identityCenter/startUrl.ts";
import type { ClientRegistration, SsoSession, TokenGrant } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { printable } from "../../text/printable.ts";
import { updateLogin } from "../changeLogin.ts";
import type { PendingLogin } from "../pendingLogin.ts";
import { authorizationCodeGrant } from "./authorizationCodeGrant.ts";
import { CannotListen } from "./callbackServer.ts";
import { deviceGrant } from "./deviceGrant.ts";
import { obtainRegistration } from "./registerClient.ts";
import { storeToken } from "./storeToken.ts";
import type { LoginWatch } from "./watchLogin.ts";

/** In characters. The URL is shown on terminals and in one line of an error. */
const LONGEST_URL = 4_096;

/** Thrown if no opener could be started and the device grant may be used instead. */
class NoBrowser extends Error {}

interface Run {
  api: LoginApi;
  startUrl: string;
  ended: Promise<never>;
  store(client: ClientRegistration, grant: TokenGrant): Promise<void>;
  system: System;
}

/** Runs one sign-in with the login's grant, until the token is stored. */
export async function signIn(login: PendingLogin, watch: LoginWatch, freeSpace: () => void, system: System) {
  const { session } = login;
  const api = identityCenter(session, system);
  const store: Run["store"] = async (client, grant) => {
    watch.expect(grant.accessToken);
    freeSpace();
    try {
      await storeToken(login, client, grant, system);
    } catch (error) {
      if (isKind(error, "cancelled")) await discardToken(api, grant.accessToken, Infinity, system);
      throw error;
    }
  };
  const startUrl = await effectiveStartUrl(session, system);
  const run = { api: withRetriedRequests(api, system), startUrl, ended: watch.ended, store, system };
  await (login.grant === "browser" ? byBrowser(login, run) : byDevice(login, run));
}

async function byBrowser(login: PendingLogin, run: Run): Promise<void> {
  const { api, startUrl, ended, store, system } = run;
  const { session } = login;
  const client = await obtainRegistration(session, "authorization_code", startUrl, api, system);
  try {
    await authorizationCodeGrant(
      api,
      {
        client,
        oidcOrigin: new URL(oidcEndpoint(session)).origin,
        scopes: namedScopes(session) ?? DEFAULT_SCOPES,
        sessionName: sessionTitle(session),
        loginCommand: `sso-cred login ${session.loginArguments}`,
        async opened(address) {
          const url = webUrl(address);
          const opened = await open(login, url, system);
          if (login.browser && !opened && login.deviceFallback) throw new NoBrowser();
          await updateLogin({ ...login, url, opened, state: "open" }, system);
        },
        ended,
        store: (grant) => store(client, grant),
      },
      system,
    );
  } catch (error) {
    if (!(error instanceof NoBrowser || error instanceof CannotListen)) throw error;
    if (error instanceof CannotListen && !login.deviceFallback) {
      const message = `this system does not allow sso-cred to listen on 127.0.0.1 for the browser's response (${error.code}): a sandbox, or a security policy?`;
      const remedy = { run: `sso-cred login ${session.loginArguments} --use-device-code` };
      throw new SsoCredError("unavailable", message, { remedy });
    }
    system.trace.step("go on with the device grant", { because: String(error) });
    // An opener that failed is not started again. If only the socket was refused, none was started
    // yet.
    const browser = login.browser && error instanceof CannotListen;
    await byDevice({ ...login, grant: "device", browser }, run);
  }
}

async function byDevice(login: PendingLogin, run: Run, anew = false): Promise<void> {
  const { api, startUrl, ended, store, system } = run;
  const { session } = login;
  const client = await obtainRegistration(session, "device_code", startUrl, api, system, { anew });
  try {
    await deviceGrant(
      api,
      {
        client,
        startUrl,
        sessionName: sessionTitle(session),
        async opened(authorization) {
          const url = webUrl(authorization.verificationUri);
          const urlWithCode = webUrl(authorization.verificationUriComplete);
          const userCode = printable(authorization.userCode, 40);
          const opened = await open(login, urlWithCode, system);
          await updateLogin({ ...login, url, urlWithCode, userCode, opened, state: "open" }, system);
        },
        ended,
        store: (grant) => store(client, grant),
      },
      system,
    );
  } catch (error) {
    // The service no longer knows the client that is in the cache.
    if (!anew && error instanceof ServiceError && error.code === "invalid_client")
      return byDevice(login, run, true);
    throw error;
  }
}

async function open({ grant, browser }: PendingLogin, url: string, system: System): Promise<boolean> {
  system.trace.step("open the sign-in page", { browser });
  const opened = browser && (await system.openBrowser(url));
  system.trace.step("sign-in is open", { grant, opened });
  return opened;
}

/** Asserts that the service's address is a web page that may be opened. Throws `unavailable`. */
export function webUrl(text: string): string {
  const refused = (what: string) => new SsoCredError("unavailable", what);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    throw refused(`the service named a sign-in page that is not a web address: ${printable(text, 80)}`);
  const { href, host, username, password } = url;
  // In `https://aws.amazon.com@evil.example/` the user name looks like the host: not repeated.
  if (username || password)
    throw refused(`the service named a sign-in page with a user name before its host ${printable(host, 80)}`);
  if (href.length > LONGEST_URL)
    throw refused(`the address of the sign-in page is too long: ${printable(href, 80)}`);
  return href;
}

/**
 * The start URL to send to the services: a company's own is resolved to AWS's. Throws `config` if
 * it leads to another region than the session's, where its token would not be valid.
 */
async function effectiveStartUrl(session: SsoSession, system: System): Promise<string> {
  const { startUrl, region } = await resolveStartUrl(session, startUrlRequest(session, system));
  if (region === session.region) return startUrl;
  const where = session.name === null ? "the profile" : `[sso-session ${session.name}]`;
  const message = `${session.startUrl} leads to the region ${region}, but ${where} says sso_region = ${session.region}; set sso_region = ${region}`;
  throw new SsoCredError("config", message);
}

export type LoginApi = Pick<
  IdentityCenter,
  "registerClient" | "startDeviceAuthorization" | "redeemAuthorizationCode" | "redeemDeviceCode"
>;

/** Retries what a short outage would make fail. The device grant's polls repeat by themselves. */
export function withRetriedRequests(api: LoginApi, system: System): LoginApi {
  const signal = system.interrupted;
  const retried = <T>(request: (options: RequestOptions) => Promise<T>) =>
    withRetries(system, RETRY_MS, (deadline) => request({ deadline, signal }));
  return {
    registerClient: (input) => retried((options) => api.registerClient(input, options)),
    startDeviceAuthorization: (client, startUrl) =>
      retried((options) => api.startDeviceAuthorization(client, startUrl, options)),
    redeemAuthorizationCode: (client, input) =>
      retried((options) => api.redeemAuthorizationCode(client, input, options)),
    redeemDeviceCode: (client, deviceCode) => api.redeemDeviceCode(client, deviceCode, { signal }),
  };
}
