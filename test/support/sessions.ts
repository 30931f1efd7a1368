import type { SsoSession } from "../../src/model.ts";
import { START_URL } from "./home.ts";

/** A session as the config of most tests describes it. */
export function ssoSession(differences: Partial<SsoSession> = {}): SsoSession {
  return {
    name: "corp",
    startUrl: START_URL,
    region: "eu-west-1",
    scopes: ["sso:account:access"],
    login: undefined,
    endpoints: { useFips: false, useDualstack: false },
    caBundle: undefined,
    loginArguments: "corp",
    ...differences,
  };
}
