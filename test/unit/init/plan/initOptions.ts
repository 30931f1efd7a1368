import { type Files, type InitOptions, readCurrentConfig } from "../../../../src/init/plan/planInput.ts";

export const SESSION_KEYS = new Map([
  ["sso_start_url", "https://d-1234567890.awsapps.com/start"],
  ["sso_region", "eu-west-1"],
  ["sso_registration_scopes", "sso:account:access"],
]);

export const ADMIN = role("111111111111", "Admin", "Prod");
export const READ_ONLY = role("111111111111", "ReadOnly", "Prod");
export const DEV_ADMIN = role("222222222222", "Admin", "Development");

export function role(accountId: string, roleName: string, accountName = "Account") {
  return { accountId, roleName, accountName, emailAddress: `${accountName.toLowerCase()}@example.com` };
}

/** InitOptions for `my-sso`, by default without roles. */
export function options(some: Partial<InitOptions> = {}): InitOptions {
  return {
    session: "my-sso",
    sessionKeys: SESSION_KEYS,
    wanted: [],
    nameTemplate: undefined,
    region: "eu-west-1",
    output: "json",
    command: "/opt/bin/sso-cred",
    isCommandGiven: false,
    platform: "linux",
    adopt: [],
    keepOnly: undefined,
    ...some,
  };
}

export function files(configText: string, credentialsText = ""): Files {
  const paths = { configPath: "~/.aws/config", credentialsPath: "~/.aws/credentials" };
  return { ...paths, configText, credentialsText, ...readCurrentConfig(configText) };
}

export function ours(name: string, accountId: string, extra: readonly string[] = []): string {
  const line = `credential_process = /opt/bin/sso-cred my-sso --account-id ${accountId} --role-name Admin`;
  return [`[profile ${name}]`, line, ...extra, ""].join("\n");
}
