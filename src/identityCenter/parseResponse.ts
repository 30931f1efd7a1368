import { serviceUnavailable } from "../http/serviceUnavailable.ts";
import type { ClientRegistration, DeviceAuthorization, RoleCredentials, TokenGrant } from "../model.ts";

/** No token or credentials live longer. A greater number would overflow dates later. */
const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;
const DEFAULT_INTERVAL_SECONDS = 5;
const MIN_INTERVAL_SECONDS = 1;
/** In characters, far above what the services send: the token file can still be read. */
const MAX_TEXT = 32_768;
/** What the value of a header can contain, except for spaces. */
export const HEADER_SAFE = /^[\x21-\x7e]+$/;
/** The client id becomes part of the sign-in page's URL. */
const MAX_CLIENT_ID = 1_024;

export type AccountsPage = ReturnType<typeof parseAccounts>;
export type RolesPage = ReturnType<typeof parseRoles>;

/** The fields of one response. A missing or malformed one throws "unavailable" and is named. */
interface Reader {
  /** Text that {@link HEADER_SAFE} allows. */
  headerText(name: string): string;
  /** At most `most` characters. */
  text(name: string, most?: number): string;
  optionalText(name: string): string | undefined;
  /** Greater than `least`, at most `most`. */
  number(name: string, least: number, most: number): number;
  list(name: string): Reader[];
}

function reader(value: unknown, subject: string): Reader {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const fault = (name: string, state = "with a malformed") => {
    const isMissing = fields[name] === undefined || fields[name] === null;
    const message = `${subject} ${isMissing ? "without" : state} ${name}`;
    return serviceUnavailable(message, `malformed ${name}`, { retry: false });
  };
  const short = (text: string, name: string, most = MAX_TEXT) => {
    if (text.length > most) throw fault(name, "with an over-long");
    return text;
  };
  return {
    headerText(name) {
      const text = this.text(name);
      if (!HEADER_SAFE.test(text)) throw fault(name);
      return text;
    },
    text(name, most) {
      const text = fields[name];
      // Half a surrogate pair cannot be encoded in a URL.
      if (typeof text !== "string" || text === "" || !text.isWellFormed()) throw fault(name);
      return short(text, name, most);
    },
    optionalText(name) {
      const text = fields[name];
      return typeof text === "string" && text !== "" ? short(text.toWellFormed(), name) : undefined;
    },
    number(name, least, most) {
      const number = fields[name];
      if (typeof number !== "number" || !(number > least && number <= most)) throw fault(name);
      return number;
    },
    list(name) {
      const list = fields[name] ?? [];
      if (!Array.isArray(list)) throw fault(name);
      return list.map((item) => reader(item, subject));
    },
  };
}

export function parseRegistration(output: unknown, subject: string): ClientRegistration {
  const fields = reader(output, subject);
  return {
    clientId: fields.text("clientId", MAX_CLIENT_ID),
    clientSecret: fields.text("clientSecret"),
    expiresAt: fields.number("clientSecretExpiresAt", -1, 1e11) * 1000,
  };
}

export function parseDeviceAuthorization(output: unknown, subject: string): DeviceAuthorization {
  const fields = reader(output, subject);
  const verificationUri = fields.text("verificationUri");
  const { interval } = output as { interval?: unknown };
  return {
    deviceCode: fields.text("deviceCode"),
    userCode: fields.text("userCode"),
    verificationUri,
    verificationUriComplete: fields.optionalText("verificationUriComplete") ?? verificationUri,
    expiresInSeconds: fields.number("expiresIn", 0, TEN_YEARS_SECONDS),
    // RFC 8628, section 3.2: 5 unless the service says otherwise. A shorter minimum would flood the
    // service.
    intervalSeconds:
      interval === undefined || interval === null
        ? DEFAULT_INTERVAL_SECONDS
        : Math.max(MIN_INTERVAL_SECONDS, fields.number("interval", -1, 3600)),
  };
}

export function parseGrant(output: unknown, subject: string): TokenGrant {
  const fields = reader(output, subject);
  const refreshToken = fields.optionalText("refreshToken");
  return {
    accessToken: fields.headerText("accessToken"),
    expiresIn: fields.number("expiresIn", 0, TEN_YEARS_SECONDS),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

/** `expiration` in epoch milliseconds, rounded down to whole seconds as the AWS CLI stores it. */
export function parseRoleCredentials(output: unknown, subject: string, now: number): RoleCredentials {
  const fields = reader((output as { roleCredentials?: unknown }).roleCredentials, subject);
  return {
    accessKeyId: fields.text("accessKeyId"),
    secretAccessKey: fields.text("secretAccessKey"),
    sessionToken: fields.text("sessionToken"),
    expiration: Math.floor(fields.number("expiration", 0, now + TEN_YEARS_SECONDS * 1000) / 1000) * 1000,
  };
}

export function parseAccounts(output: unknown, subject: string) {
  const fields = reader(output, subject);
  const accounts = fields.list("accountList").map((account) => ({
    accountId: account.text("accountId"),
    accountName: account.optionalText("accountName") ?? "",
    emailAddress: account.optionalText("emailAddress") ?? "",
  }));
  return { accounts, ...nextToken(fields) };
}

export function parseRoles(output: unknown, subject: string) {
  const fields = reader(output, subject);
  return { roles: fields.list("roleList").map((role) => role.text("roleName")), ...nextToken(fields) };
}

function nextToken(fields: Reader): { nextToken?: string } {
  const token = fields.optionalText("nextToken");
  return token === undefined ? {} : { nextToken: token };
}
