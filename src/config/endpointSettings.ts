import { SsoCredError } from "../errors.ts";
import { expandPath } from "../hit/paths.ts";
import type { CaBundle, EndpointSettings } from "../model.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { Environment } from "../platform/system.ts";
import { hiddenCharacter, printable } from "../text/printable.ts";
import type { Config, Place } from "./configFile.ts";
import type { Keys } from "./ini.ts";
import { shownUrl } from "./urls.ts";

/** A section of the config. */
export interface Layer {
  /** The form that messages show: `[profile dev]`. */
  readonly header: string;
  readonly keys: Keys;
  /** The section that sets a key. Default: the header's, in the config. */
  readonly placeOf?: (key: string) => Place;
}

/** The sections with network settings, which the environment overrides. */
export interface SettingSources {
  /** The profile with `--profile`, else the session's section. */
  readonly own: Layer;
  /**
   * `[default]`, for a run without `--profile`: only its FIPS, dual-stack and CA bundle settings
   * count. Its endpoint often belongs to another service (LocalStack, MinIO), which must not get a
   * token.
   */
  readonly defaults?: Keys;
}

/** Keys that environment variables override. */
export const ENDPOINT_KEYS = [
  "endpoint_url",
  "services",
  "ignore_configured_endpoint_urls",
  "use_fips_endpoint",
  "use_dualstack_endpoint",
  "ca_bundle",
] as const;

/**
 * Reads the endpoints of the portal and the OIDC service, in the SDKs' order:
 * `AWS_ENDPOINT_URL_SSO` (`…_SSO_OIDC`), `AWS_ENDPOINT_URL`, the block `sso` (`sso_oidc`) of the
 * `services` section, `endpoint_url`.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 * @throws SsoCredError("config") for a URL that is not https (or http to this machine), a
 * `services` section that does not exist, and an endpoint together with FIPS or dual-stack, which
 * the SDKs reject too. Nothing in `[default]` is an error.
 */
export function endpointSettings(
  config: Config,
  { own, defaults }: SettingSources,
  { env }: Pick<Environment, "env">,
): EndpointSettings {
  const { header, keys } = own;
  const placeOf = own.placeOf ?? (() => ({ path: config.path, header }));
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || keys.get("ignore_configured_endpoint_urls");
  const sso = isTrue(ignored) ? undefined : configuredUrl("AWS_ENDPOINT_URL_SSO", "sso");
  const oidc = isTrue(ignored) ? undefined : configuredUrl("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc");
  const custom = sso ?? oidc;
  const useFips = isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  const useDualstack = isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (custom !== undefined && (useFips || useDualstack)) {
    const feature = useFips ? "FIPS endpoints" : "dual-stack endpoints";
    throw new SsoCredError("config", `${custom.source} cannot be combined with ${feature}; drop one`);
  }
  return { useFips, useDualstack, ...(sso && { ssoUrl: sso.url }), ...(oidc && { oidcUrl: oidc.url }) };

  function isOn(variable: string, key: string): boolean {
    // A session with its own endpoint ignores [default]: the two cannot be combined, and [default]
    // must not cause an error.
    return isTrue(env[variable] || keys.get(key) || (custom === undefined ? defaults?.get(key) : undefined));
  }

  function configuredUrl(variable: string, service: string): { url: string; source: string } | undefined {
    for (const name of [variable, "AWS_ENDPOINT_URL"]) {
      if (env[name]) return checked(env[name], name);
    }
    const services = keys.get("services");
    if (services) {
      const name = printable(services);
      const blocks = config.services(services);
      if (blocks === undefined) {
        const at = placeOf("services");
        const file = at.path === config.path ? "the file" : config.path;
        const fault = `${at.header} has services = ${name}, which is not a section of ${file}`;
        throw new SsoCredError("config", `${at.path}: ${fault}`);
      }
      const url = blocks.get(service)?.get("endpoint_url");
      if (url) return checked(url, `${config.path}: endpoint_url of ${service} in [services ${name}]`);
    }
    const url = keys.get("endpoint_url");
    const at = placeOf("endpoint_url");
    return url ? checked(url, `${at.path}: endpoint_url of ${at.header}`) : undefined;
  }
}

/** The PEM file of trusted CAs, in botocore's order; undefined for the system's own CAs. */
export function caBundle({ own, defaults }: SettingSources, system: Environment): CaBundle | undefined {
  const { env } = system;
  const settings = [
    { setting: "AWS_CA_BUNDLE", path: env.AWS_CA_BUNDLE },
    { setting: `ca_bundle of ${own.header} in the AWS config`, path: own.keys.get("ca_bundle") },
    {
      setting: "ca_bundle of [default] in the AWS config",
      path: defaults?.get("ca_bundle"),
      isOptional: true,
    },
    { setting: "REQUESTS_CA_BUNDLE", path: env.REQUESTS_CA_BUNDLE },
  ];
  const found = settings.find(({ path }) => path);
  return found?.path ? { ...found, path: expandPath(found.path, system) } : undefined;
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

function checked(text: string, source: string): { url: string; source: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new SsoCredError("config", `${source} must not contain a user name or a password`);
  }
  // Spaces and line breaks around a URL do no harm.
  const hidden = hiddenCharacter(text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""));
  if (hidden !== undefined) {
    throw new SsoCredError("config", `${source} is not an https URL, as its ${hidden}: ${shownUrl(text)}`);
  }
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new SsoCredError("config", `${source} is not an https URL: ${shownUrl(text)}`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    const fault = `must be https, as it is not on this machine: ${printable(text)}`;
    throw new SsoCredError("config", `${source} ${fault}`);
  }
  return { url: text, source };
}
