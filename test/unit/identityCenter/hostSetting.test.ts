import { expect, test } from "vitest";
import { networkFault } from "../../../src/http/serviceUnavailable.ts";
import { endpointSetting, withHostSetting } from "../../../src/identityCenter/endpoints.ts";

const fault = (code: string, isProxy = false) =>
  networkFault(Object.assign(new Error(code), { code }), { name: "oidc.eu-west-9.amazonaws.com", isProxy });
const session = {
  name: "corp",
  loginArguments: "corp",
  region: "eu-west-9",
  endpoints: { useFips: false, useDualstack: false },
};

test.each([
  [session, "sso_region (eu-west-9) in [sso-session corp]"],
  [
    { ...session, name: null, loginArguments: "--profile old" },
    "sso_region (eu-west-9) in the profile (--profile old)",
  ],
  [{ ...session, region: "eu-wst-1" }, "sso_region (eu-wst-1, not eu-west-1) in [sso-session corp]"],
  [
    { ...session, endpoints: { ...session.endpoints, oidcUrl: "https://x.test" } },
    "the configured endpoint (AWS_ENDPOINT_URL, endpoint_url)",
  ],
])("the error for a host that does not exist names its setting (%#)", (of, setting) => {
  expect(withHostSetting(fault("ENOTFOUND"), endpointSetting(of, "oidc"))).toMatchObject({
    kind: "unavailable",
    message: `cannot find host oidc.eu-west-9.amazonaws.com: are you online, and is ${setting} right?`,
  });
});

test("no other fault names it, nor does a proxy that does not exist", () => {
  for (const error of [fault("EAI_AGAIN"), fault("ECONNREFUSED"), fault("ENOTFOUND", true), new Error("x")]) {
    expect(withHostSetting(error, "sso_region")).toBe(error);
  }
});
