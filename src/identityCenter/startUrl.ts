import { sectionOf } from "../config/describeSession.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { type HttpEnvironment, httpExchange } from "../http/exchange.ts";
import type { SsoSession } from "../model.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { System } from "../platform/system.ts";
import { words } from "../text/words.ts";
import { withHostSetting, withoutTrailingSlashes } from "./endpoints.ts";

/** Sends one request and follows no redirect. "unavailable" if no response comes in time. */
type StartUrlRequest = (method: "HEAD" | "GET") => Promise<{ status: number; location?: string | undefined }>;

type Portal = Pick<SsoSession, "startUrl" | "region">;

const TIMEOUT_MS = 10_000;

const AWS_SUFFIXES = words(`
  .app.aws .portal.amazonaws.com .portal.amazonaws.com.cn .app.amazonwebservices.com.cn
  .portal.amazonaws.eu .api.amazonwebservices.eu .awsapps.com .awsapps.cn`);

const AWS_HOSTS = words(`
  identitycenter.amazonaws.com identitycenter.amazonaws.com.cn identitycenter.amazonaws.eu
  identitycenter.us-gov.amazonaws.com`);

const REGION_IN_HOST = [
  /^[^.]+\.portal\.([a-z0-9-]+)\.app\.(?:aws|amazonwebservices\.com\.cn)$/,
  /^[^.]+\.([a-z0-9-]+)\.portal\.amazonaws\.(?:com|com\.cn|eu)$/,
  /^[^.]+\.portal\.([a-z0-9-]+)\.api\.amazonwebservices\.eu$/,
];

/**
 * Resolves a company's own start URL (`https://sso.example.com`) to the one that AWS knows, as the
 * AWS CLI does since 2.35.13: one HEAD (GET if HEAD is not allowed), one redirect, to an https URL
 * of AWS. AWS's own start URLs are used unchanged, without a request, and so is an http one, which
 * is an emulator on this machine. An https one on this machine may be either: it is used unchanged
 * unless it leads elsewhere.
 * The result is sent to the services; files keep the configured values.
 * @throws SsoCredError("config") when the URL does not lead to AWS, "unavailable" if its server
 * fails.
 */
export async function resolveStartUrl({ startUrl, region }: Portal, request: StartUrlRequest) {
  const { protocol, hostname } = new URL(startUrl);
  if (isAwsHost(hostname) || protocol === "http:") return { startUrl, region };
  const isLocal = isLoopback(hostname);
  const location = await requestRedirect(startUrl, hostname, request).catch((error: unknown) => {
    if (!isLocal || isKind(error, "cancelled")) throw error;
    return startUrl;
  });
  const target = URL.canParse(location, startUrl) ? new URL(location, startUrl) : undefined;
  if (isLocal && target !== undefined && isLoopback(target.hostname)) return { startUrl, region };
  if (target?.protocol !== "https:" || !isAwsHost(target.hostname)) {
    const where = target === undefined ? "nowhere" : `${target.protocol}//${target.host}`;
    throw leadsElsewhere(startUrl, `it redirects to ${where}`);
  }
  const host = withoutFinalDot(target.hostname);
  return {
    startUrl: `https://${target.host}${withoutTrailingSlashes(target.pathname)}`,
    // Differs from the session's if `sso_region` is out of date.
    region: REGION_IN_HOST.flatMap((pattern) => pattern.exec(host)?.[1] ?? [])[0] ?? region,
  };
}

async function requestRedirect(startUrl: string, hostname: string, request: StartUrlRequest) {
  let response = await request("HEAD");
  if (response.status === 405 || response.status === 501) response = await request("GET");
  const { status, location } = response;
  if ([301, 302, 303, 307, 308].includes(status)) {
    if (location) return location;
    throw leadsElsewhere(startUrl, "it redirects to nowhere");
  }
  if (status === 403 || status === 407 || status === 429 || status >= 500) {
    throw new SsoCredError("unavailable", `${hostname} answered HTTP ${status} to the start URL ${startUrl}`);
  }
  throw leadsElsewhere(startUrl, `it answers HTTP ${status} and no redirect`);
}

function leadsElsewhere(startUrl: string, why: string): SsoCredError {
  return new SsoCredError("config", `sso_start_url ${startUrl} does not lead to AWS: ${why}`);
}

function isAwsHost(hostname: string): boolean {
  const host = withoutFinalDot(hostname);
  return AWS_HOSTS.includes(host) || AWS_SUFFIXES.some((suffix) => `.${host}`.endsWith(suffix));
}

function withoutFinalDot(hostname: string): string {
  return hostname.replace(/\.$/, "");
}

/** The request that `resolveStartUrl` makes, through the same proxies and with the same CAs. */
export function startUrlRequest(
  session: Pick<SsoSession, "startUrl" | "caBundle" | "name" | "loginArguments">,
  system: HttpEnvironment & Pick<System, "trace" | "interrupted">,
  timeoutMs = TIMEOUT_MS,
): StartUrlRequest {
  const exchange = httpExchange(session, system);
  const url = new URL(session.startUrl);
  return async (method) => {
    const options = { deadline: system.now() + timeoutMs, signal: system.interrupted };
    try {
      const { status, headers } = await exchange({ method, url, headers: {} }, options);
      system.trace.step("start URL", { host: url.host, status });
      return { status, location: headers.location };
    } catch (error) {
      throw withHostSetting(error, `sso_start_url in ${sectionOf(session)}`);
    }
  };
}
