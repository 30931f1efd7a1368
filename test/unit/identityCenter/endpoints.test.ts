import { readFileSync } from "node:fs";
import { SSOClient } from "@aws-sdk/client-sso";
import { SSOOIDCClient } from "@aws-sdk/client-sso-oidc";
import { describe, expect, test } from "vitest";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../../../src/identityCenter/endpoints.ts";

interface Case {
  documentation: string;
  params?: { Region?: string; UseFIPS: boolean; UseDualStack: boolean; Endpoint?: string };
  expect: { endpoint?: { url: string } };
}

function botocoreCases(service: string): Case[] {
  const path = new URL(
    `../../vectors/botocore/endpoint-rules/${service}/endpoint-tests-1.json`,
    import.meta.url,
  );
  return (JSON.parse(readFileSync(path, "utf8")) as { testCases: Case[] }).testCases;
}

describe.each([
  ["sso", ssoEndpoint],
  ["sso-oidc", oidcEndpoint],
] as const)("botocore's endpoint tests of %s", (service, endpoint) => {
  // Their error cases are rejected while the configuration is read; see config/endpointSettings.
  const cases = botocoreCases(service).flatMap(({ documentation, params, expect: { endpoint } }) =>
    params?.Region && endpoint ? [{ documentation, params, region: params.Region, url: endpoint.url }] : [],
  );

  test("are complete", () => {
    expect(cases.length).toBe(36);
  });

  test.each(cases)("$documentation", ({ params, region, url }) => {
    const custom = params.Endpoint === undefined ? {} : { ssoUrl: params.Endpoint, oidcUrl: params.Endpoint };
    const endpoints = { useFips: params.UseFIPS, useDualstack: params.UseDualStack, ...custom };
    expect(endpoint({ region, endpoints })).toBe(url);
    expect(isAwsEndpoint(url)).toBe(params.Endpoint === undefined);
  });
});

describe("the AWS SDK's own rules agree", () => {
  const regions = [
    "us-east-1",
    "il-central-1",
    "mx-central-1",
    "cn-northwest-1",
    "us-gov-west-1",
    "eusc-de-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
    "xx-nowhere-9",
    "us-gov-nowhere",
  ];
  const flags = [true, false];
  const cases = regions.flatMap((region) =>
    flags.flatMap((useFips) => flags.map((useDualstack) => ({ region, useFips, useDualstack }))),
  );

  test.each(cases)("in $region, FIPS $useFips, dual-stack $useDualstack", ({ region, ...endpoints }) => {
    const parameters = { Region: region, UseFIPS: endpoints.useFips, UseDualStack: endpoints.useDualstack };
    const sso = new SSOClient({ region }).config.endpointProvider(parameters).url;
    const oidc = new SSOOIDCClient({ region }).config.endpointProvider(parameters).url;
    expect(`${ssoEndpoint({ region, endpoints })}/`).toBe(sso.href);
    expect(`${oidcEndpoint({ region, endpoints })}/`).toBe(oidc.href);
    expect(isAwsEndpoint(sso.href)).toBe(true);
  });
});

test("a configured endpoint keeps its path, but for slashes at the end", () => {
  const endpoints = {
    useFips: false,
    useDualstack: false,
    ssoUrl: "https://proxy/a/b//",
    oidcUrl: "http://127.0.0.1:1/",
  };
  expect(ssoEndpoint({ region: "r", endpoints })).toBe("https://proxy/a/b");
  expect(oidcEndpoint({ region: "r", endpoints })).toBe("http://127.0.0.1:1");
});

test.each([
  "http://portal.sso.us-east-1.amazonaws.com",
  "https://portal.sso.us-east-1.amazonaws.com:8443",
  "https://portal.sso.us-east-1.amazonaws.com.evil.example",
  "https://evil.s3.us-east-1.amazonaws.com",
  "https://portal.sso.us-east-1.evil-amazonaws.com",
  "https://x.portal.sso.us-east-1.amazonaws.com",
  "https://portal.sso.amazonaws.com",
  "http://localhost:4566",
  "nonsense",
])("%s is not AWS's", (url) => {
  expect(isAwsEndpoint(url)).toBe(false);
});
