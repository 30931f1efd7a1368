import { randomBytes } from "node:crypto";
import type { AssignedAccount } from "./accounts.ts";
import type { Settings } from "./settings.ts";

export const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export interface Registration {
  clientId: string;
  clientSecret: string;
  /** Epoch milliseconds, like all times here. */
  expiresAt: number;
  scopes: string[];
  grantTypes: string[];
  redirectUris: string[];
}

interface AuthorizationCode {
  clientId: string;
  redirectUri: string;
  challenge: string;
  expiresAt: number;
  used: boolean;
}

export interface DeviceCode {
  userCode: string;
  clientId: string;
  expiresAt: number;
  intervalSeconds: number;
  lastPollAt: number | undefined;
  decision: "pending" | "approved" | "denied" | "redeemed";
}

/** One sign-in. Its tokens are valid only as long as it is. */
export interface Session {
  clientId: string;
  endsAt: number;
  revoked: boolean;
}

interface AccessToken {
  session: Session;
  expiresAt: number;
}

interface RefreshToken {
  session: Session;
  usedAt: number | undefined;
}

export interface RoleKey {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: number;
  accountId: string;
  roleName: string;
}

export interface State {
  settings: Settings;
  accounts: AssignedAccount[];
  now(): number;
  /** Base of the verification URIs. */
  oidcUrl: string;
  registrations: Map<string, Registration>;
  codes: Map<string, AuthorizationCode>;
  devices: Map<string, DeviceCode>;
  accessTokens: Map<string, AccessToken>;
  refreshTokens: Map<string, RefreshToken>;
  roleKeys: Map<string, RoleKey>;
  bucket: { tokens: number; filledAt: number } | undefined;
}

export function newState(settings: Settings, accounts: AssignedAccount[], now: () => number): State {
  return {
    settings,
    accounts,
    now,
    oidcUrl: "",
    registrations: new Map(),
    codes: new Map(),
    devices: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    roleKeys: new Map(),
    bucket: undefined,
  };
}

export function secret(prefix: string, bytes = 32): string {
  return `${prefix}${randomBytes(bytes).toString("base64url")}`;
}

const NO_VOWELS = "BCDFGHJKLMNPQRSTVWXZ";

export function newUserCode(): string {
  const letters = [...randomBytes(8)].map((byte) => NO_VOWELS[byte % NO_VOWELS.length]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export function isLive(session: Session, now: number): boolean {
  return !session.revoked && now < session.endsAt;
}

interface TokenResponse {
  accessToken: string;
  tokenType: "Bearer";
  expiresIn: number;
  refreshToken?: string;
}

/** Opens a session for a client and issues its first tokens. */
export function signIn(state: State, client: Registration): TokenResponse {
  const endsAt = state.now() + state.settings.sessionSeconds * 1000;
  const session: Session = { clientId: client.clientId, endsAt, revoked: false };
  const mayRefresh = state.settings.refreshTokenWithoutScope || client.scopes.includes("sso:account:access");
  return issueTokens(state, session, mayRefresh && !state.settings.omitRefreshToken.includes("login"));
}

export function issueTokens(state: State, session: Session, withRefreshToken: boolean): TokenResponse {
  const { accessTokenSeconds } = state.settings;
  const accessToken = secret("aoaAAAAA", 96);
  state.accessTokens.set(accessToken, { session, expiresAt: state.now() + accessTokenSeconds * 1000 });
  const response: TokenResponse = { accessToken, tokenType: "Bearer", expiresIn: accessTokenSeconds };
  if (withRefreshToken) {
    response.refreshToken = secret("aorAAAAA", 96);
    state.refreshTokens.set(response.refreshToken, { session, usedAt: undefined });
  }
  return response;
}
