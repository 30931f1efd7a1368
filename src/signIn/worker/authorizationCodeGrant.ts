import { createHash, randomBytes, randomUUID } from "node:crypto";
import { SsoCredError } from "../../errors.ts";
import { type IdentityCenter, ServiceError } from "../../identityCenter/identityCenter.ts";
import type { ClientRegistration, TokenGrant } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { startCallbackServer } from "./callbackServer.ts";

export interface CodeGrantInput {
  client: ClientRegistration;
  /** Scheme and host of the OIDC endpoint, without a path. */
  oidcOrigin: string;
  scopes: readonly string[];
  sessionName: string;
  /** The command that starts another attempt. */
  loginCommand: string;
  /** Called once the callback server listens; shows and opens the page. */
  opened(url: string): Promise<void>;
  /** Rejects when the wait has to end: out of time, or signed out. */
  ended: Promise<never>;
  /** Called with the token before the page reports success. */
  store(token: TokenGrant): Promise<void>;
}

/** With PKCE (RFC 7636): starts the server, opens the page, redeems the code, stores the token. */
export async function authorizationCodeGrant(
  api: Pick<IdentityCenter, "redeemAuthorizationCode">,
  input: CodeGrantInput,
  system: Pick<System, "uninterrupted">,
): Promise<void> {
  const pkce = createPkce();
  const server = await startCallbackServer(pkce.state);
  let opening: Promise<void> | undefined;
  try {
    // Not awaited: a browser command may run until the page is closed.
    opening = input.opened(authorizeUrl(input, server.redirectUri, pkce));
    const failed = opening.then(() => new Promise<never>(() => {}));
    const authorization = await Promise.race([server.authorization, input.ended, failed]).catch((error) => {
      throw withStrayError(error, server.strayError());
    });
    if ("error" in authorization) {
      const { error } = authorization;
      const why = error === "access_denied" ? "was denied" : `failed: ${error}`;
      const cause = new ServiceError("oidc", 400, error, error);
      throw new SsoCredError("login-failed", `the sign-in to '${input.sessionName}' ${why}`, { cause });
    }
    const { code } = authorization;
    // A code can be redeemed once: a signal must not come between the token and its file.
    await system.uninterrupted(async () => {
      const { codeVerifier } = pkce;
      const { redirectUri } = server;
      await input.store(await api.redeemAuthorizationCode(input.client, { code, codeVerifier, redirectUri }));
    });
    await server.tell({ signedInTo: input.sessionName });
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    await server.tell({ failed, command: input.loginCommand });
    // The login's file has to say that a page was opened: that holds back the next one.
    await opening?.catch(() => {});
    throw error;
  } finally {
    server.close();
  }
}

/** The AWS CLI's URL, parameter by parameter. It says `scopes` where OAuth says `scope`. */
function authorizeUrl(
  { client, oidcOrigin, scopes }: CodeGrantInput,
  redirectUri: string,
  { state, codeChallenge }: ReturnType<typeof createPkce>,
): string {
  const query = [
    ["response_type", "code"],
    ["client_id", client.clientId],
    ["redirect_uri", redirectUri],
    ["state", state],
    ["code_challenge_method", "S256"],
    ["scopes", scopes.join(" ")],
    ["code_challenge", codeChallenge],
  ].map(([name, value]) => `${name}=${encodeURIComponent(value as string)}`);
  return `${oidcOrigin}/authorize?${query.join("&")}`;
}

function withStrayError(error: unknown, stray: string | undefined): unknown {
  if (!stray || !(error instanceof SsoCredError)) return error;
  const { kind, message, remedy, cause } = error;
  return new SsoCredError(kind, `${message}; the browser reported: ${stray}`, { remedy, cause });
}

/** One-time secrets (RFC 7636, S256). The verifier leaves this process only with the code. */
export function createPkce() {
  const codeVerifier = randomBytes(48).toString("base64url");
  return {
    codeVerifier,
    codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    state: randomUUID(),
  };
}
