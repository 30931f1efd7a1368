import { sessionTitle } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { parseJsonObject } from "../hit/json.ts";
import { type Exchange, httpExchange } from "../http/exchange.ts";
import { classifyResponse } from "../identityCenter/classifyResponse.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../identityCenter/endpoints.ts";
import { identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import { noRolesIfRejected, type Service } from "../identityCenter/serviceError.ts";
import { resolveStartUrl, startUrlRequest } from "../identityCenter/startUrl.ts";
import type { Role, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { type Finding, finding } from "./report.ts";

/** The time for all requests of `doctor`. */
export const LIMITS = { connectMs: 4_000, totalMs: 5_000, responseBytes: 1024 * 1024 };

/**
 * The rejection of each proves name, connection, TLS and time, and gives the service's clock.
 * `result` is a field of its success, which only an emulator sends.
 */
const PROBES = {
  portal: {
    method: "GET",
    path: "/assignment/accounts",
    headers: { "x-amz-sso_bearer_token": "none" },
    result: "accountList",
  },
  oidc: {
    method: "POST",
    path: "/token",
    headers: { "content-type": "application/json" },
    body: Buffer.from("{}"),
    result: "accessToken",
  },
};

/** With a larger difference, TLS and the times of tokens go wrong. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

interface Endpoint {
  readonly service: Service;
  readonly url: string;
  /** The error, on one line. */
  readonly fault?: string;
  readonly milliseconds?: number;
  /** The service's clock minus ours. */
  readonly clockOffsetMs?: number;
}

/** Checks both endpoints side by side, and this computer's clock against theirs. */
export async function checkEndpoints(session: SsoSession, offline: boolean, system: System) {
  const exchange = httpExchange(session, system, LIMITS);
  const endpoints = await Promise.all([
    probe(exchange, ssoEndpoint(session), "portal", offline, system),
    probe(exchange, oidcEndpoint(session), "oidc", offline, system),
  ]);
  const title = sessionTitle(session);
  const off = endpoints.find(({ clockOffsetMs = 0 }) => Math.abs(clockOffsetMs) > CLOCK_TOLERANCE_MS);
  return [
    ...endpoints.flatMap((endpoint) => [...endpointFindings(title, endpoint)]),
    ...(off === undefined ? [] : [clockFinding(off, system.platform)]),
  ];
}

function* endpointFindings(title: string, { service, url, fault, milliseconds }: Endpoint) {
  const where = printable(url);
  const name = service === "oidc" ? "OIDC" : service;
  if (!isAwsEndpoint(url))
    yield finding("endpoint-not-aws", "warning", where, {
      found: `the ${name} endpoint of '${title}' is not AWS's`,
      why: "tokens are sent to it",
    });
  if (fault !== undefined)
    yield finding("endpoint-unreachable", "error", where, {
      found: fault,
      why: `the ${name} service of '${title}' is needed to ${service === "oidc" ? "sign in and to refresh the token" : "get credentials"}`,
      fix: "check the network and sso_region; a company's network often needs HTTPS_PROXY or AWS_CA_BUNDLE",
    });
  else if (milliseconds !== undefined)
    yield finding("endpoint-reached", "note", where, {
      found: `the ${name} service of '${title}' answers in ${milliseconds} ms`,
      why: "name lookup, connection and TLS work",
    });
}

function clockFinding({ url, clockOffsetMs = 0 }: Endpoint, platform: NodeJS.Platform): Finding {
  const minutes = Math.round(Math.abs(clockOffsetMs) / 60_000);
  return finding("clock", "error", printable(url), {
    found: `this computer's clock is ${minutes} minutes ${clockOffsetMs > 0 ? "behind" : "ahead of"} the service's`,
    why: "expired credentials look valid or valid ones expired, and AWS refuses signed requests that are 5 minutes off",
    ...(platform === "linux"
      ? { run: "sudo timedatectl set-ntp true" }
      : { fix: "set the clock from network time" }),
  });
}

async function probe(
  exchange: Exchange,
  endpoint: string,
  service: Service,
  offline: boolean,
  { now, interrupted }: Pick<System, "now" | "interrupted">,
): Promise<Endpoint> {
  let facts: Endpoint = { service, url: endpoint };
  if (offline) return facts;
  const { path, result, ...request } = PROBES[service];
  const url = new URL(endpoint + path);
  const startedAt = performance.now();
  try {
    const response = await exchange({ ...request, url }, { signal: interrupted });
    const milliseconds = Math.round(performance.now() - startedAt);
    const date = Date.parse(response.headers.date ?? "");
    facts = { ...facts, milliseconds, ...(!Number.isNaN(date) && { clockOffsetMs: date - now() }) };
    classifyResponse(response, url.host, service);
    const fields = parseJsonObject(response.body.toString("utf8"));
    if (fields !== undefined && Object.hasOwn(fields, result)) return facts;
    return { ...facts, fault: `${url.host} accepts a request that Identity Center rejects: is it a proxy?` };
  } catch (error) {
    if (error instanceof ServiceError) return facts;
    if (error instanceof SsoCredError) return { ...facts, fault: error.message };
    throw error;
  }
}

/** Why a company's own start URL does not lead to AWS; AWS's own are not asked. */
export async function startUrlFault(session: SsoSession, system: System): Promise<string | undefined> {
  try {
    await resolveStartUrl(session, startUrlRequest(session, system, LIMITS.totalMs / 2));
    return undefined;
  } catch (error) {
    if (error instanceof SsoCredError) return error.message;
    throw error;
  }
}

/** The portal allows 20 requests a second; further accounts are not checked. */
const MOST_ACCOUNTS = 15;

export interface ProfileRole extends Role {
  readonly profile: string;
}

/**
 * The roles that the portal does not list for this token; none if it could not be asked.
 * Without a role, asks for one page of accounts, which tells whether the token is accepted.
 */
export async function findUnassigned(
  session: SsoSession,
  accessToken: string,
  roles: readonly ProfileRole[],
  system: System,
): Promise<ProfileRole[] | "token refused"> {
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
    if (error instanceof SsoCredError || error instanceof ServiceError) return [];
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
