import { describe, expect, test } from "vitest";
import { caBundle, endpointSettings, type SettingSources } from "../../../src/config/endpointSettings.ts";
import { isLoopback } from "../../../src/platform/loopback.ts";
import { userConfig } from "../../support/userConfig.ts";

const SERVICES =
  "[services s]\nsso =\n  endpoint_url = https://s-sso\nsso_oidc =\n  endpoint_url = https://s-oidc\n";

/** `own` is the session's section, `defaults` the keys of `[default]`. */
function settings(ownKeys: string, env: Record<string, string> = {}, defaults = "", more = SERVICES) {
  const { config, path } = userConfig(`[sso-session own]\n${ownKeys}\n[default]\n${defaults}\n${more}`);
  const own = { header: "[sso-session own]", keys: config.session("own") ?? new Map() };
  try {
    return endpointSettings(config, { own, defaults: config.defaults }, { env });
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string };
    return `${kind}: ${message.replaceAll(path, "CONFIG")}`;
  }
}

interface Given {
  own?: string;
  env?: Record<string, string>;
  defaults?: string;
}

const PLAIN = { useFips: false, useDualstack: false };
const both = (url: string) => ({ ssoUrl: url, oidcUrl: url });

describe("endpoints", () => {
  const AWS_ENDPOINT_URL = "https://any";
  test.each<[what: string, given: Given, expected: object]>([
    ["nothing", {}, {}],
    ["the variable of a service", { env: { AWS_ENDPOINT_URL_SSO: "https://v" } }, { ssoUrl: "https://v" }],
    [
      "the variable of the other",
      { env: { AWS_ENDPOINT_URL_SSO_OIDC: "https://v" } },
      { oidcUrl: "https://v" },
    ],
    [
      "a service's variable before all",
      { own: "services = s", env: { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSO: "https://v" } },
      { ssoUrl: "https://v", oidcUrl: "https://any" },
    ],
    [
      "the variable before the file",
      { own: "services = s\nendpoint_url = https://own", env: { AWS_ENDPOINT_URL } },
      both("https://any"),
    ],
    [
      "an empty variable is none",
      { own: "endpoint_url = https://own", env: { AWS_ENDPOINT_URL: "" } },
      both("https://own"),
    ],
    [
      "the services section before endpoint_url",
      { own: "services = s\nendpoint_url = https://own" },
      { ssoUrl: "https://s-sso", oidcUrl: "https://s-oidc" },
    ],
    [
      "an endpoint of [default] is not the session's",
      { defaults: "services = s\nendpoint_url = https://default" },
      {},
    ],
    [
      "FIPS of [default] gives way to the session's endpoint",
      {
        own: "endpoint_url = https://own",
        defaults: "use_fips_endpoint = true\nuse_dualstack_endpoint = true",
      },
      both("https://own"),
    ],
    [
      "nor does [default] take the variable's endpoint away",
      {
        env: { AWS_ENDPOINT_URL },
        defaults: "ignore_configured_endpoint_urls = true\nuse_fips_endpoint = true",
      },
      both("https://any"),
    ],
    ["a path is kept", { own: "endpoint_url = https://own/a/b/" }, both("https://own/a/b/")],
    [
      "plain http to this machine",
      { own: "endpoint_url = http://127.0.0.1:4566" },
      both("http://127.0.0.1:4566"),
    ],
    [
      "ignored by variable",
      {
        own: "endpoint_url = https://own",
        env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE", AWS_ENDPOINT_URL },
      },
      {},
    ],
    ["ignored by key", { own: "ignore_configured_endpoint_urls = true", env: { AWS_ENDPOINT_URL } }, {}],
    [
      "not ignored, as the variable says",
      {
        own: "ignore_configured_endpoint_urls = true\nendpoint_url = https://own",
        env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" },
      },
      both("https://own"),
    ],
    ["FIPS by key", { own: "use_fips_endpoint = true" }, { useFips: true }],
    ["FIPS by variable", { env: { AWS_USE_FIPS_ENDPOINT: "true" } }, { useFips: true }],
    [
      "no FIPS, as the variable says",
      { own: "use_fips_endpoint = true", env: { AWS_USE_FIPS_ENDPOINT: "false" } },
      {},
    ],
    ["dual-stack from [default]", { defaults: "use_dualstack_endpoint = True" }, { useDualstack: true }],
    ["dual-stack by variable", { env: { AWS_USE_DUALSTACK_ENDPOINT: "true" } }, { useDualstack: true }],
    [
      "FIPS beside ignored URLs",
      {
        own: "use_fips_endpoint = true\nendpoint_url = https://own",
        env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      },
      { useFips: true },
    ],
  ])("%s", (_what, { own = "", env, defaults }, expected) => {
    expect(settings(own, env, defaults)).toEqual({ ...PLAIN, ...expected });
  });

  test("a services section without a block for one service leaves that to endpoint_url", () => {
    const services =
      "[services s]\nsso =\n  endpoint_url = https://s-sso\ns3 =\n  endpoint_url = https://s3\n";
    expect(settings("services = s\nendpoint_url = https://own", {}, "", services)).toEqual({
      ...PLAIN,
      ssoUrl: "https://s-sso",
      oidcUrl: "https://own",
    });
  });
});

describe("endpoints are refused", () => {
  test.each<[own: string, env: Record<string, string>, message: string]>([
    [
      "services = nope",
      {},
      "CONFIG: [sso-session own] has services = nope, which is not a section of the file",
    ],
    [
      "endpoint_url = http://proxy.example/",
      {},
      "CONFIG: endpoint_url of [sso-session own] must be https, as it is not on this machine: http://proxy.example/",
    ],
    [
      "services = s",
      {},
      "CONFIG: endpoint_url of sso in [services s] must be https, as it is not on this machine: http://s",
    ],
    [
      "",
      { AWS_ENDPOINT_URL: "http://127.0.0.1.evil.example" },
      "AWS_ENDPOINT_URL must be https, as it is not on this machine: http://127.0.0.1.evil.example",
    ],
    [
      "",
      { AWS_ENDPOINT_URL_SSO: "localhost:4566" },
      "AWS_ENDPOINT_URL_SSO is not an https URL: localhost:4566",
    ],
    [
      "",
      { AWS_ENDPOINT_URL_SSO_OIDC: "nonsense" },
      "AWS_ENDPOINT_URL_SSO_OIDC is not an https URL: nonsense",
    ],
    [
      "endpoint_url = https://own.exam\u200bple",
      {},
      "CONFIG: endpoint_url of [sso-session own] is not an https URL, as its character 17 is U+200B, a zero-width space: https://own.exam ple",
    ],
    [
      "",
      { AWS_ENDPOINT_URL: "http://127.0.0.1:80\u00a0" },
      "AWS_ENDPOINT_URL is not an https URL, as its character 20 is U+00A0, a no-break space: http://127.0.0.1:80",
    ],
    [
      "",
      { AWS_ENDPOINT_URL: "https://user:secret@proxy.example" },
      "AWS_ENDPOINT_URL must not contain a user name or a password",
    ],
    [
      "endpoint_url = https://own",
      { AWS_USE_FIPS_ENDPOINT: "true" },
      "CONFIG: endpoint_url of [sso-session own] cannot be combined with FIPS endpoints; drop one",
    ],
    [
      "use_dualstack_endpoint = true",
      { AWS_ENDPOINT_URL_SSO_OIDC: "https://v" },
      "AWS_ENDPOINT_URL_SSO_OIDC cannot be combined with dual-stack endpoints; drop one",
    ],
  ])("%j, %j", (own, env, message) => {
    const services = "[services s]\nsso =\n  endpoint_url = http://s\n";
    expect(settings(own, env, "", services)).toBe(`config: ${message}`);
  });
});

test.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.255.0.9", true],
  ["[::1]", true],
  ["127.0.0.1.evil.example", false],
  ["localhost.evil.example", false],
  ["128.0.0.1", false],
  ["[::2]", false],
])("whether %s is this machine: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

test("the authorities come from AWS_CA_BUNDLE, then ca_bundle, then REQUESTS_CA_BUNDLE, and name their setting", () => {
  const own = { header: "[sso-session x]", keys: new Map([["ca_bundle", ""]]) };
  const all = { own, defaults: new Map([["ca_bundle", "~/key.pem"]]) };
  const bundle = (env: Record<string, string>, from: SettingSources = all) =>
    caBundle(from, { env: { HOME: "/home/me", ...env }, platform: "linux" });
  const REQUESTS_CA_BUNDLE = "/requests.pem";
  const named = { path: "/home/me/aws.pem", setting: "AWS_CA_BUNDLE" };
  expect(bundle({ AWS_CA_BUNDLE: "~/aws.pem", REQUESTS_CA_BUNDLE })).toEqual(named);
  expect(bundle({ AWS_CA_BUNDLE: "$HOME/aws.pem", REQUESTS_CA_BUNDLE })).toEqual(named);
  const setting = "ca_bundle of [default] in the AWS config";
  const key = { path: "/home/me/key.pem", setting, isOptional: true };
  expect(bundle({ REQUESTS_CA_BUNDLE })).toEqual(key);
  const requests = { path: "/requests.pem", setting: "REQUESTS_CA_BUNDLE" };
  expect(bundle({ REQUESTS_CA_BUNDLE }, { own })).toEqual(requests);
  expect(bundle({}, { own })).toBeUndefined();
});
