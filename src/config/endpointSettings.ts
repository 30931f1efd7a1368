import { SsoCredError } from "../errors.ts";
import { type Environment, expandPath } from "../hit/paths.ts";
import type { CaBundle, EndpointSettings } from "../model.ts";
import { printable } from "../text/printable.ts";
import type { Config } from "./configFile.ts";

/** A section whose keys may say where the services are. */
export interface Layer {
  /** As in messages: `[profile dev]`. */
  readonly header: string;
  readonly keys: ReadonlyMap<string, string>;
}

/** The keys that the environment's variables of the same meaning override. */
export const ENDPOINT_KEYS = [
  "endpoint_url",
  "services",
  "ignore_configured_endpoint_urls",
  "use_fips_endpoint",
  "use_dualstack_endpoint",
  "ca_bundle",
] as const;

/**
 * Where the portal and the OIDC service are, by the SDKs' order: `AWS_ENDPOINT_URL_SSO` (`…_SSO_OIDC`), `AWS_ENDPOINT_URL`,
 * the block `sso` (`sso_oidc`) of the `services` section, `endpoint_url`. Of several layers the first that says something
 * wins. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws SsoCredError("config") for an URL that is not https (or http to this machine), a `services` section that
 * is not there, and an own endpoint together with FIPS or dual-stack, which the SDKs refuse too.
 */
export function endpointSettings(
  config: Config,
  layers: readonly Layer[],
  { env }: Pick<Environment, "env">,
): EndpointSettings {
  const useFips = isTrue(env.AWS_USE_FIPS_ENDPOINT || keyOf(layers, "use_fips_endpoint"));
  const useDualstack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT || keyOf(layers, "use_dualstack_endpoint"));
  const settings: EndpointSettings = { useFips, useDualstack };
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || keyOf(layers, "ignore_configured_endpoint_urls");
  if (isTrue(ignored)) return settings;

  const sso = configuredUrl("AWS_ENDPOINT_URL_SSO", "sso");
  const oidc = configuredUrl("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc");
  if (sso !== undefined) settings.ssoUrl = sso.url;
  if (oidc !== undefined) settings.oidcUrl = oidc.url;
  const custom = sso ?? oidc;
  if (custom !== undefined && (useFips || useDualstack)) {
    const feature = useFips ? "FIPS" : "dual-stack";
    throw new SsoCredError(
      "config",
      `${custom.source} cannot be combined with ${feature} endpoints; drop one`,
    );
  }
  return settings;

  function configuredUrl(variable: string, service: string): { url: string; source: string } | undefined {
    for (const name of [variable, "AWS_ENDPOINT_URL"]) {
      if (env[name]) return checked(env[name], name);
    }
    for (const { header, keys } of layers) {
      const services = keys.get("services");
      if (services) {
        const blocks = config.services(services);
        if (blocks === undefined) {
          throw new SsoCredError(
            "config",
            `${config.path}: ${header} has services = ${printable(services)}, which is no section of the file`,
          );
        }
        const url = blocks.get(service)?.get("endpoint_url");
        if (url)
          return checked(
            url,
            `${config.path}: endpoint_url of ${service} in [services ${printable(services)}]`,
          );
      }
      const url = keys.get("endpoint_url");
      if (url) return checked(url, `${config.path}: endpoint_url of ${header}`);
    }
    return undefined;
  }
}

/** The PEM file with the authorities to trust, in botocore's order; undefined for the system's own. */
export function caBundle(layers: readonly Layer[], { env, platform }: Environment): CaBundle | undefined {
  const layer = layers.find(({ keys }) => keys.get("ca_bundle"));
  const settings = [
    { setting: "AWS_CA_BUNDLE", path: env.AWS_CA_BUNDLE },
    { setting: `ca_bundle of ${layer?.header} in the AWS config`, path: layer?.keys.get("ca_bundle") },
    { setting: "REQUESTS_CA_BUNDLE", path: env.REQUESTS_CA_BUNDLE },
  ];
  const { setting, path } = settings.find((one) => one.path) ?? {};
  return setting && path ? { path: expandPath(path, env, platform), setting } : undefined;
}

/** Whether nothing but this machine can hear what is sent to the host, as `URL.hostname` gives it. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function keyOf(layers: readonly Layer[], key: string): string | undefined {
  return layers.find(({ keys }) => keys.get(key))?.keys.get(key);
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

function checked(text: string, source: string): { url: string; source: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new SsoCredError("config", `${source} must not hold a user name or a password`);
  }
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new SsoCredError("config", `${source} is not an https URL: ${printable(text)}`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new SsoCredError(
      "config",
      `${source} must be https, as it is not on this machine: ${printable(text)}`,
    );
  }
  return { url: text, source };
}
