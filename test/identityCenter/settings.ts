export type Consent = "auto" | "page" | "deny" | "never";

/** Settings of the emulator. Every field may be changed while it runs. */
export interface Settings {
  /**
   * The behaviour of the sign-in page: `auto` allows at once, `page` shows Allow and Deny, `deny`
   * denies at once, `never` shows a page that leads nowhere.
   */
  consent: Consent;
  accessTokenSeconds: number;
  roleCredentialSeconds: number;
  registrationSeconds: number;
  deviceSeconds: number;
  /** Authorization codes of the PKCE flow. */
  codeSeconds: number;
  /** How long after the sign-in refresh tokens are valid. */
  sessionSeconds: number;
  /** Sent as `interval` with every device code. */
  intervalSeconds: number;
  /** Responds `slow_down` to polls faster than the interval, which then grows by 5 s. */
  enforceInterval: boolean;
  /** The grants whose response omits `refreshToken`. With "refresh" the old one stays valid. */
  omitRefreshToken: ("login" | "refresh")[];
  /**
   * The service gives refresh tokens only to clients registered with the scope `sso:account:access`
   * (AWS CLI user guide, "sso_registration_scopes"); true gives them to all.
   */
  refreshTokenWithoutScope: boolean;
  /** How long a used refresh token still works; 0: strict rotation. */
  refreshTokenGraceSeconds: number;
  /** Maximum number of items in one page of accounts or roles. */
  pageSize: number;
  /** Rate limit of the portal (a token bucket); above it 429. Absent: no limit. */
  portalRequestsPerSecond: number | undefined;
  /** The only start URL that is accepted; absent: any https URL. */
  startUrl: string | undefined;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  consent: "auto",
  accessTokenSeconds: 3600,
  roleCredentialSeconds: 3600,
  registrationSeconds: 90 * 24 * 3600,
  deviceSeconds: 600,
  codeSeconds: 600,
  sessionSeconds: 8 * 3600,
  intervalSeconds: 1,
  enforceInterval: false,
  omitRefreshToken: [],
  refreshTokenWithoutScope: false,
  refreshTokenGraceSeconds: 0,
  pageSize: 100,
  portalRequestsPerSecond: undefined,
  startUrl: undefined,
};
