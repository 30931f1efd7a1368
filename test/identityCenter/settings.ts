export type Consent = "auto" | "page" | "deny" | "never";

/** What the emulator obeys; every field may be changed while it runs. */
export interface Settings {
  /**
   * What a visit of the sign-in page does: `auto` allows at once, `page` shows Allow and Deny,
   * `deny` refuses at once, `never` shows a page that leads nowhere.
   */
  consent: Consent;
  accessTokenSeconds: number;
  roleCredentialSeconds: number;
  registrationSeconds: number;
  deviceSeconds: number;
  /** Authorization codes of the PKCE flow. */
  codeSeconds: number;
  /** How long after sign-in refresh tokens work at all. */
  sessionSeconds: number;
  /** Sent as `interval` with every device code. */
  intervalSeconds: number;
  /** Answer `slow_down` to polls that come faster than the interval, which then grows by 5 s. */
  enforceInterval: boolean;
  /** Where the answer of /token lacks `refreshToken`; at "refresh" the old one stays valid. */
  omitRefreshToken: ("login" | "refresh")[];
  /**
   * The service gives refresh tokens only to clients registered with the scope `sso:account:access`
   * (AWS CLI user guide, "sso_registration_scopes"); true gives them to all.
   */
  refreshTokenWithoutScope: boolean;
  /** For so long a used refresh token still works; 0: rotation is strict. */
  refreshTokenGraceSeconds: number;
  /** Most items in one page of accounts or roles. */
  pageSize: number;
  /** Token bucket of the portal; beyond it 429. Absent: no limit. */
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
