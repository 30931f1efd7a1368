import { sectionOf } from "../config/describeSession.ts";
import { misspeltRegion } from "../config/regions.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { unavailableFacts } from "../http/serviceUnavailable.ts";
import type { ServiceSettings, SsoSession } from "../model.ts";
import type { Service } from "./serviceError.ts";

interface Partition {
  readonly regions: RegExp;
  readonly suffix: string;
  readonly dualstackSuffix: string;
  /** In GovCloud, FIPS without dual-stack has no host of its own. */
  readonly plainIsFips?: true;
}

/** botocore/data/partitions.json of boto/botocore; the first is for unknown regions. */
const PARTITIONS: readonly [Partition, ...Partition[]] = [
  {
    regions: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    suffix: "amazonaws.com",
    dualstackSuffix: "api.aws",
  },
  { regions: /^cn-\w+-\d+$/, suffix: "amazonaws.com.cn", dualstackSuffix: "api.amazonwebservices.com.cn" },
  { regions: /^us-gov-\w+-\d+$/, suffix: "amazonaws.com", dualstackSuffix: "api.aws", plainIsFips: true },
  { regions: /^eusc-de-\w+-\d+$/, suffix: "amazonaws.eu", dualstackSuffix: "api.amazonwebservices.eu" },
  { regions: /^us-iso-\w+-\d+$/, suffix: "c2s.ic.gov", dualstackSuffix: "api.aws.ic.gov" },
  { regions: /^us-isob-\w+-\d+$/, suffix: "sc2s.sgov.gov", dualstackSuffix: "api.aws.scloud" },
  { regions: /^eu-isoe-\w+-\d+$/, suffix: "cloud.adc-e.uk", dualstackSuffix: "api.cloud-aws.adc-e.uk" },
  { regions: /^us-isof-\w+-\d+$/, suffix: "csp.hci.ic.gov", dualstackSuffix: "api.aws.hci.ic.gov" },
];

type Endpointed = Pick<ServiceSettings, "region" | "endpoints">;

/** The portal's URL without a trailing slash. A configured URL keeps its path. */
export function ssoEndpoint({ region, endpoints }: Endpointed): string {
  return withoutTrailingSlashes(endpoints.ssoUrl ?? awsUrl("portal.sso", region, endpoints));
}

/** The OIDC service's URL without a trailing slash. A configured URL keeps its path. */
export function oidcEndpoint({ region, endpoints }: Endpointed): string {
  return withoutTrailingSlashes(endpoints.oidcUrl ?? awsUrl("oidc", region, endpoints));
}

/** True if AWS's endpoint rules could give this URL for either service of some region. */
export function isAwsEndpoint(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port } = new URL(url);
  const rest = /^(?:portal\.sso|oidc)(?:-fips)?\.[a-z0-9-]+\.(.+)$/.exec(hostname)?.[1];
  return (
    protocol === "https:" &&
    port === "" &&
    PARTITIONS.some(({ suffix, dualstackSuffix }) => rest === suffix || rest === dualstackSuffix)
  );
}

function awsUrl(service: string, region: string, { useFips, useDualstack }: Endpointed["endpoints"]): string {
  const partition = PARTITIONS.find(({ regions }) => regions.test(region)) ?? PARTITIONS[0];
  const isUnmarked = !useDualstack && partition.plainIsFips === true;
  const fips = useFips && !isUnmarked ? "-fips" : "";
  const suffix = useDualstack ? partition.dualstackSuffix : partition.suffix;
  return `https://${service}${fips}.${region}.${suffix}`;
}

export function withoutTrailingSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === "/") end--;
  return url.slice(0, end);
}

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
