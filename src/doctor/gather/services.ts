import { SsoCredError } from "../../errors.ts";
import { parseJsonObject } from "../../hit/json.ts";
import { type Exchange, type HttpRequest, httpExchange } from "../../http/exchange.ts";
import { classifyResponse } from "../../identityCenter/classifyResponse.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../../identityCenter/endpoints.ts";
import { identityCenter, ServiceError } from "../../identityCenter/identityCenter.ts";
import { noRolesIfRejected, type Service } from "../../identityCenter/serviceError.ts";
import { resolveStartUrl, startUrlRequest } from "../../identityCenter/startUrl.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import type { EndpointFacts, ProfileRole } from "../facts.ts";

/** The time for all requests of `doctor`. */
export const LIMITS = { connectMs: 4_000, totalMs: 5_000, responseBytes: 1024 * 1024 };

interface Probe {
  readonly request: Omit<HttpRequest, "url">;
  readonly path: string;
  /** A field of the operation's success, which only an emulator sends. */
  readonly result: string;
}

/** The rejection proves name, connection, TLS and time, and gives the service's clock. */
const PROBES: Readonly<Record<Service, Probe>> = {
  portal: {
    request: { method: "GET", headers: { "x-amz-sso_bearer_token": "none" } },
    path: "/assignment/accounts",
    result: "accountList",
  },
  oidc: {
    request: { method: "POST", headers: { "content-type": "application/json" }, body: "{}" },
    path: "/token",
    result: "accessToken",
  },
};

export async function gatherEndpoints(session: SsoSession, offline: boolean, system: System) {
  const exchange = httpExchange(session, system, LIMITS);
  const urls = { portal: ssoEndpoint(session), oidc: oidcEndpoint(session) };
  return await Promise.all(
    (["portal", "oidc"] as const).map(async (service) => ({
      service,
      url: urls[service],
      isAws: isAwsEndpoint(urls[service]),
      ...(offline ? {} : await probe(exchange, urls[service], service, system)),
    })),
  );
}

/** Why a company's own start URL does not lead to AWS; AWS's own are not asked. */
export async function gatherStartUrl(session: SsoSession, system: System): Promise<string | undefined> {
  try {
    await resolveStartUrl(session, startUrlRequest(session, system, LIMITS.totalMs / 2));
    return undefined;
  } catch (error) {
    if (error instanceof SsoCredError) return error.message;
    throw error;
  }
}

async function probe(
  exchange: Exchange,
  endpoint: string,
  service: Service,
  { now, interrupted }: Pick<System, "now" | "interrupted">,
): Promise<Pick<EndpointFacts, "fault" | "milliseconds" | "clockOffsetMs">> {
  const { request, path, result } = PROBES[service];
  const url = new URL(endpoint + path);
  const startedAt = performance.now();
  let milliseconds: number | undefined;
  let clock = {};
  try {
    const response = await exchange({ ...request, url }, { signal: interrupted });
    milliseconds = Math.round(performance.now() - startedAt);
    const date = Date.parse(response.headers.date ?? "");
    if (!Number.isNaN(date)) clock = { clockOffsetMs: date - now() };
    classifyResponse(response, url.host, service);
    const fields = parseJsonObject(response.body.toString("utf8"));
    if (fields !== undefined && Object.hasOwn(fields, result)) return { milliseconds, ...clock };
    return { fault: `${url.host} accepts a request that Identity Center rejects: is it a proxy?`, ...clock };
  } catch (error) {
    if (error instanceof ServiceError) return { milliseconds, ...clock };
    if (error instanceof SsoCredError) return { fault: error.message, ...clock };
    throw error;
  }
}

/** The portal allows 20 requests a second; further accounts are not checked. */
const MOST_ACCOUNTS = 15;

/**
 * The roles that the portal does not list for this token; undefined if it could not be asked.
 * Without a role, asks for one page of accounts, which tells whether the token is accepted.
 */
export async function gatherAssignments(
  session: SsoSession,
  accessToken: string,
  roles: readonly ProfileRole[],
  system: System,
): Promise<ProfileRole[] | "token refused" | undefined> {
  const accounts = [...new Set(roles.map(({ accountId }) => accountId))].slice(0, MOST_ACCOUNTS);
  const api = identityCenter(session, system, LIMITS);
  try {
    if (accounts.length === 0) await api.listAccounts(accessToken, undefined, { signal: system.interrupted });
    const assigned = new Map(
      await Promise.all(accounts.map(async (accountId) => [accountId, await rolesIn(accountId)] as const)),
    );
    return roles.filter(({ accountId, roleName }) => assigned.get(accountId)?.includes(roleName) === false);
  } catch (error) {
    if (error instanceof ServiceError && error.needsSignIn) return "token refused";
    // The portal is out of reach, which another finding reports.
    if (error instanceof SsoCredError || error instanceof ServiceError) return undefined;
    throw error;
  }

  async function rolesIn(accountId: string): Promise<string[] | undefined> {
    const found: string[] = [];
    for (let next: string | undefined; ; ) {
      const listing = api.listAccountRoles(accessToken, accountId, next, { signal: system.interrupted });
      const page = await listing.catch(noRolesIfRejected);
      found.push(...page.roles);
      next = page.nextToken;
      if (next === undefined) return found;
      if (found.length > 1_000) return undefined;
    }
  }
}
