import { join } from "node:path";
import { stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { EndpointSettings } from "../model.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { Environment, System } from "../platform/system.ts";
import { readJsonObject } from "./jsonFile.ts";
import { STATE_FORMAT, writeStateFile } from "./stateFile.ts";

/*
 * A token must not go from a local stand-in to AWS, or from AWS to a stand-in. The token file is the AWS CLI's byte for byte, so
 * the endpoints that a token came from are recorded apart, under the same name (`tokenKey`).
 */

/** No endpoint is configured: the SDK's rules lead to AWS. */
const AWS = "aws";

/** Records where a token came from. Best effort: one without a record may be sent to any endpoint. */
export function recordTokenOrigin(
  key: string,
  endpoints: EndpointSettings,
  fingerprint: string,
  system: Environment & Pick<System, "trace">,
): void {
  try {
    writeStateFile(originPath(key, system), { tokenFingerprint: fingerprint, ...originOf(endpoints) });
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
  return record?.tokenFingerprint !== fingerprint || isSameOrigin(record, originOf(endpoints));
}

/** True if the last sign-in was at other endpoints, which gave the client registration too. */
export function hasOtherEndpoints(key: string, endpoints: EndpointSettings, system: Environment): boolean {
  const record = readOrigin(key, system);
  return record !== undefined && !isSameOrigin(record, originOf(endpoints));
}

interface Origin {
  sso: string;
  oidc: string;
}

/** The record of any boot: unlike our other state, it describes a file that outlives one. */
function readOrigin(key: string, system: Environment): (Origin & { tokenFingerprint: unknown }) | undefined {
  const { format, tokenFingerprint, sso, oidc } = readJsonObject(originPath(key, system)) ?? {};
  const isWhole = format === STATE_FORMAT && typeof sso === "string" && typeof oidc === "string";
  return isWhole ? { tokenFingerprint, sso, oidc } : undefined;
}

function originOf(endpoints: EndpointSettings): Origin {
  const [sso, oidc] = [endpoints.ssoUrl, endpoints.oidcUrl].map((text) => {
    if (text === undefined) return AWS;
    const { origin, hostname, port } = new URL(text);
    return isLoopback(hostname) ? `loopback:${port}` : origin;
  });
  return { sso: sso ?? AWS, oidc: oidc ?? AWS };
}

/** A stand-in is recognised by one of its two services: the other may have moved. */
function isSameOrigin(a: Origin, b: Origin): boolean {
  const isAlike = (["sso", "oidc"] as const).every(
    (service) => (a[service] === AWS) === (b[service] === AWS),
  );
  return isAlike && (a.sso === b.sso || a.oidc === b.oidc);
}

/** Among the attempts, because it describes the last one that gave a token. */
function originPath(key: string, { env, platform }: Environment): string {
  return join(stateDirectory(env, platform), "attempts", `${sha1(`origin of ${key}`)}.json`);
}
