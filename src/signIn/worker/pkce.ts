import { createHash, randomBytes, randomUUID } from "node:crypto";

/** One-time secrets of an authorization code grant (RFC 7636, S256); verifier and state never leave this process. */
export interface Pkce {
  codeVerifier: string;
  codeChallenge: string;
  state: string;
}

export function createPkce(): Pkce {
  const codeVerifier = randomBytes(48).toString("base64url");
  return {
    codeVerifier,
    codeChallenge: createHash("sha256").update(codeVerifier).digest("base64url"),
    state: randomUUID(),
  };
}
