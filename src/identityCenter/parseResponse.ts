import { ServiceUnavailable, unavailable } from "../http/serviceUnavailable.ts";
import type {
  Account,
  ClientRegistration,
  DeviceAuthorization,
  RoleCredentials,
  TokenGrant,
} from "../model.ts";

/** Nothing here lives longer; a greater number is a fault, and would break dates further on. */
const TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;
const DEFAULT_INTERVAL_SECONDS = 5;
const LEAST_INTERVAL_SECONDS = 1;
/** Of characters, far above what the services send: a token file of such parts is still read. */
const LONGEST_TEXT = 32_768;
/** It becomes a part of the sign-in page's address. */
const LONGEST_CLIENT_ID = 1_024;

export interface AccountsPage {
  accounts: Account[];
  nextToken?: string;
}

export interface RolesPage {
  roles: string[];
  nextToken?: string;
}

/** The fields of one answer, read with suspicion: what is missing or of the wrong kind is "unavailable", naming it. */
interface Reader {
  /** Of `most` characters or less. */
  text(name: string, most?: number): string;
  optionalText(name: string): string | undefined;
  /** Above `least`, up to `most`. */
  number(name: string, least: number, most: number): number;
  list(name: string): Reader[];
}

function reader(value: unknown, answer: string): Reader {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const fault = (name: string, state = "with a malformed") => {
    const isMissing = fields[name] === undefined || fields[name] === null;
    const outage = new ServiceUnavailable(`malformed ${name}`, { retry: false });
    return unavailable(`${answer} ${isMissing ? "without" : state} ${name}`, outage);
  };
  const short = (text: string, name: string, most = LONGEST_TEXT) => {
    if (text.length > most) throw fault(name, "with an over-long");
    return text;
  };
  return {
    text(name, most) {
      const text = fields[name];
      // Half a surrogate pair fits into no URL.
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
      return list.map((item) => reader(item, answer));
    },
  };
}

export function readRegistration(output: unknown, answer: string): ClientRegistration {
  const fields = reader(output, answer);
  return {
    clientId: fields.text("clientId", LONGEST_CLIENT_ID),
    clientSecret: fields.text("clientSecret"),
    expiresAt: fields.number("clientSecretExpiresAt", -1, 1e11) * 1000,
  };
}

export function readDeviceAuthorization(output: unknown, answer: string): DeviceAuthorization {
  const fields = reader(output, answer);
  const verificationUri = fields.text("verificationUri");
  const { interval } = output as { interval?: unknown };
  return {
    deviceCode: fields.text("deviceCode"),
    userCode: fields.text("userCode"),
    verificationUri,
    verificationUriComplete: fields.optionalText("verificationUriComplete") ?? verificationUri,
    expiresInSeconds: fields.number("expiresIn", 0, TEN_YEARS_SECONDS),
    // RFC 8628, section 3.2: 5 where the service does not say; a pause that is next to none would be a flood.
    intervalSeconds: interval
      ? Math.max(LEAST_INTERVAL_SECONDS, fields.number("interval", 0, 3600))
      : DEFAULT_INTERVAL_SECONDS,
  };
}

export function readGrant(output: unknown, answer: string): TokenGrant {
  const fields = reader(output, answer);
  const refreshToken = fields.optionalText("refreshToken");
  return {
    accessToken: fields.text("accessToken"),
    expiresIn: fields.number("expiresIn", 0, TEN_YEARS_SECONDS),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

/** `expiration` in epoch milliseconds, floored to whole seconds as the AWS CLI keeps it. */
export function readRoleCredentials(output: unknown, answer: string, now: number): RoleCredentials {
  const fields = reader((output as { roleCredentials?: unknown }).roleCredentials, answer);
  return {
    accessKeyId: fields.text("accessKeyId"),
    secretAccessKey: fields.text("secretAccessKey"),
    sessionToken: fields.text("sessionToken"),
    expiration: Math.floor(fields.number("expiration", 0, now + TEN_YEARS_SECONDS * 1000) / 1000) * 1000,
  };
}

export function readAccounts(output: unknown, answer: string): AccountsPage {
  const fields = reader(output, answer);
  const accounts = fields.list("accountList").map((account) => ({
    accountId: account.text("accountId"),
    accountName: account.optionalText("accountName") ?? "",
    emailAddress: account.optionalText("emailAddress") ?? "",
  }));
  return { accounts, ...nextToken(fields) };
}

export function readRoles(output: unknown, answer: string): RolesPage {
  const fields = reader(output, answer);
  return { roles: fields.list("roleList").map((role) => role.text("roleName")), ...nextToken(fields) };
}

function nextToken(fields: Reader): { nextToken?: string } {
  const token = fields.optionalText("nextToken");
  return token === undefined ? {} : { nextToken: token };
}
