import type { Home } from "../support/home.ts";

/**
 * Directs an AWS CLI without AWS_ENDPOINT_URL_… (v2 before 2.13) to the emulator: botocore prefers
 * the models in `~/.aws/models`, and an endpoint rule set may give one address for all regions.
 */
export async function writeEndpointModels(home: Home, urls: { oidc: string; portal: string }): Promise<void> {
  const services = { "sso-oidc": urls.oidc, sso: urls.portal };
  for (const [service, url] of Object.entries(services)) {
    await home.write(`.aws/models/${service}/2019-06-10/endpoint-rule-set-1.json`, {
      version: "1.0",
      parameters: {
        Region: { builtIn: "AWS::Region", required: false, type: "String", documentation: "" },
        UseDualStack: {
          builtIn: "AWS::UseDualStack",
          required: true,
          default: false,
          type: "Boolean",
          documentation: "",
        },
        UseFIPS: {
          builtIn: "AWS::UseFIPS",
          required: true,
          default: false,
          type: "Boolean",
          documentation: "",
        },
        Endpoint: { builtIn: "SDK::Endpoint", required: false, type: "String", documentation: "" },
      },
      rules: [{ conditions: [], endpoint: { url, properties: {}, headers: {} }, type: "endpoint" }],
    });
  }
}
