import { join } from "node:path";
import { stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { EndpointSettings } from "../model.ts";
import type { Environment, System } from "../platform/system.ts";
import { readJsonObject } from "./jsonFile.ts";
import { STATE_FORMAT, writeStateFile } from "./stateFile.ts";

/*
 * A token must not go from a stand-in for AWS, such as LocalStack, to AWS, or from AWS to a
 * stand-in. The token file is the AWS CLI's byte for byte, so a record under the same name
 * (`tokenKey`) tells which of the two it came from. Stand-ins are not told apart: one that has
 * moved, or that is out of reach, is no reason to sign in.
 */

const AWS_HOST = /\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))$/;

/** True if an endpoint is configured that is not AWS's. */
export function isStandIn(url: string | undefined): boolean {
  return url !== undefined && !AWS_HOST.test(new URL(url).hostname);
}

/** Records where a token came from. One without a record may be sent to any endpoint. */
export function recordTokenOrigin(
  key: string,
  endpoints: EndpointSettings,
  fingerprint: string,
  system: Environment & Pick<System, "trace">,
): void {
  try {
    const state = { tokenFingerprint: fingerprint, isStandIn: hasStandIn(endpoints) };
    writeStateFile(originPath(key, system), state);
  } catch (error) {
    system.trace.step("the origin of the token could not be recorded", { error: String(error) });
  }
}

/** True if the token may be sent to these endpoints. One that another tool wrote has no record. */
export function isOfEndpoints(
  key: string,
  endpoints: EndpointSettings,
  fingerprint: string,
  system: Environment,
): boolean {
  const record = readOrigin(key, system);
  return record?.tokenFingerprint !== fingerprint || record.isStandIn === hasStandIn(endpoints);
}

/** True if the last sign-in was at other endpoints, which gave the client registration too. */
export function hasOtherEndpoints(key: string, endpoints: EndpointSettings, system: Environment): boolean {
  const record = readOrigin(key, system);
  return record !== undefined && record.isStandIn !== hasStandIn(endpoints);
}

function hasStandIn({ ssoUrl, oidcUrl }: EndpointSettings): boolean {
  return isStandIn(ssoUrl) || isStandIn(oidcUrl);
}

/** The record of any boot: unlike our other state, it describes a file that outlives one. */
function readOrigin(key: string, system: Environment) {
  const { format, tokenFingerprint, isStandIn } = readJsonObject(originPath(key, system)) ?? {};
  if (format !== STATE_FORMAT || typeof isStandIn !== "boolean") return undefined;
  return { tokenFingerprint, isStandIn };
}

/** Among the attempts, because it describes the last one that gave a token. */
function originPath(key: string, system: Environment): string {
  return join(stateDirectory(system), "attempts", `${sha1(`origin of ${key}`)}.json`);
}
