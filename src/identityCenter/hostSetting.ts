import { sectionOf } from "../config/describeSession.ts";
import { misspeltRegion } from "../config/regions.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { unavailableFacts } from "../http/serviceUnavailable.ts";
import type { SsoSession } from "../model.ts";
import type { Service } from "./classifyResponse.ts";

/** The setting that the name of a service's host comes from. */
export function endpointSetting(
  session: Pick<SsoSession, "endpoints" | "region" | "name" | "loginArguments">,
  service: Service,
): string {
  const { endpoints, region } = session;
  const isConfigured = (service === "oidc" ? endpoints.oidcUrl : endpoints.ssoUrl) !== undefined;
  if (isConfigured) return "the configured endpoint (AWS_ENDPOINT_URL, endpoint_url)";
  const guess = misspeltRegion(region);
  const shown = guess === undefined ? region : `${region}, not ${guess}`;
  return `sso_region (${shown}) in ${sectionOf(session)}`;
}

/** If there is no host of that name, adds the setting it came from to the error. */
export function withHostSetting(error: unknown, setting: string): unknown {
  if (!isKind(error, "unavailable") || !unavailableFacts(error)?.isHostUnknown) return error;
  const message = `${error.message.replace(/\?$/, "")}, and is ${setting} right?`;
  return new SsoCredError("unavailable", message, { cause: error.cause });
}
