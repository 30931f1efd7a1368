/** How a sign-in may happen; `SSO_CRED_LOGIN`, or `sso_cred_login` in the session's section. */
export type LoginMode = "auto" | "browser" | "device" | "never";

/** The two services' endpoints, from the configuration and the environment. */
export interface EndpointSettings {
  /** Override the services' endpoints; absent: the SDK's rules for the region. */
  ssoUrl?: string;
  oidcUrl?: string;
  useFips: boolean;
  useDualstack: boolean;
}

/** A PEM file with the authorities to trust. */
export interface CaBundle {
  path: string;
  /** The name of the setting in messages: `AWS_CA_BUNDLE`. */
  setting: string;
  /** True for `[default]`'s: if the file is unusable, the default CAs are trusted. */
  isOptional?: boolean;
}

/** Identifies a session and its files. A logout needs nothing else. */
export interface SessionIdentity {
  /** The session's name; null for a legacy profile (`sso_start_url` without `sso_session`). */
  readonly name: string | null;
  /** Exactly as configured: its bytes are hashed into file names. */
  readonly startUrl: string;
}

/** The settings that reach the two services of a session. */
export interface ServiceSettings {
  readonly region: string;
  readonly endpoints: EndpointSettings;
  /** Undefined: the default CAs. */
  readonly caBundle: CaBundle | undefined;
}

/** An `[sso-session]`, or the equivalent keys of a legacy profile, ready for use. */
export interface SsoSession extends SessionIdentity, ServiceSettings {
  /** Null without `sso_registration_scopes`, `[]` for an empty one: they hash differently. */
  readonly scopes: string[] | null;
  readonly login: LoginMode | undefined;
  /** The arguments of `sso-cred login`: `my-sso`, or `--profile old` for a legacy profile. */
  readonly loginArguments: string;
}

/** The SSO token as every AWS tool caches it; times are epoch milliseconds. */
export interface SsoToken {
  accessToken: string;
  expiresAt: number;
  clientId?: string;
  clientSecret?: string;
  registrationExpiresAt?: number;
  refreshToken?: string;
}

/** An OIDC client as RegisterClient returned it. */
export interface ClientRegistration {
  clientId: string;
  clientSecret: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  scopes?: string[];
  grantTypes?: string[];
}

/** An IAM role (permission set) in an account. */
export interface Role {
  readonly accountId: string;
  readonly roleName: string;
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** A role by the name of its session. */
export interface NamedRole extends Role {
  readonly session: string;
}

export interface SessionRole extends Role {
  readonly session: SsoSession;
}

export interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Epoch milliseconds, whole seconds. */
  expiration: number;
  /** The session they were fetched with, in our files; `endpoint`: a portal that is not AWS's. */
  startUrl?: string;
  region?: string;
  endpoint?: string;
}

export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  /** Seconds until the codes expire. */
  expiresInSeconds: number;
  /** Seconds between two polls. */
  intervalSeconds: number;
}

export interface Account {
  accountId: string;
  accountName: string;
  emailAddress: string;
}

/** One role of one account, as the portal lists it. Names may hold any characters. */
export interface Assignment extends Account {
  readonly roleName: string;
}

/** The response of CreateToken. */
export interface TokenGrant {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  refreshToken?: string;
}
