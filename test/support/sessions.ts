import { uptime } from "node:os";
import type { SsoSession } from "../../src/model.ts";
import type { PendingLogin } from "../../src/signIn/pendingLogin.ts";
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

/** A sign-in to that session that has just opened its page. */
export function pendingLogin(differences: Partial<PendingLogin> = {}): PendingLogin {
  return {
    id: "0123456789abcdef",
    session: ssoSession(),
    grant: "browser",
    browser: true,
    startedUptime: uptime(),
    state: "open",
    ...differences,
  };
}
