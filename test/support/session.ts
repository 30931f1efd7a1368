import type { SsoSession } from "../../src/sso/types.ts";
import { START_URL } from "./home.ts";

/** A session as the config resolves to; `endpoint` leads both services to the emulator. */
export function ssoSession({
  endpoint,
  ...changes
}: Partial<SsoSession> & { endpoint?: string } = {}): SsoSession {
  return {
    name: "corp",
    startUrl: START_URL,
    region: "eu-west-1",
    scopes: ["sso:account:access"],
    login: undefined,
    endpoints: {
      useFips: false,
      useDualstack: false,
      ...(endpoint ? { ssoUrl: endpoint, oidcUrl: endpoint } : {}),
    },
    caBundle: undefined,
    loginArguments: "corp",
    ...changes,
  };
}
