import { readFailure } from "../cache/attempts.ts";
import { isTextList, type JsonObject } from "../cache/jsonFile.ts";
import type { SsoCredError } from "../errors.ts";
import { textFields } from "../hit/json.ts";
import type { CaBundle, EndpointSettings, LoginMode, SsoSession } from "../model.ts";

/** An open sign-in. The caller writes it, then the worker. Holds no secret. */
export interface PendingLogin {
  id: string;
  session: SsoSession;
  grant: "browser" | "device";
  /** True if the worker should open a browser. */
  browser: boolean;
  /** If no browser opens or no socket can listen, the worker uses the device grant. */
  deviceFallback?: boolean;
  /** The program that needs the credentials: `aws (process 4711)`. */
  caller?: string | undefined;
  /** The `tokenFingerprint` of the access token that the new one must differ from. */
  replaces?: string | undefined;
  startedUptime: number;
  /** `starting` until the worker has claimed it. */
  state: "starting" | "working" | "open" | "failed";
  /** The address where the person signs in, once open. */
  url?: string;
  /** Device grant: the code to type there, and the address that includes it. */
  userCode?: string;
  urlWithCode?: string;
  /** True if a browser was opened. */
  opened?: boolean;
  failure?: SsoCredError;
}

/** Reads a sign-in from a state file; undefined unless every field is valid. */
export function parseLogin(file: JsonObject | undefined): PendingLogin | undefined {
  const session = parseSession(file?.session);
  if (!file || !session) return undefined;
  const { id, grant, browser, startedUptime, state, opened, deviceFallback } = file;
  // The id becomes part of file names.
  if (typeof id !== "string" || !/^[0-9a-f]{16}$/.test(id)) return undefined;
  if (grant !== "browser" && grant !== "device") return undefined;
  if (state !== "starting" && state !== "working" && state !== "open" && state !== "failed") return undefined;
  if (typeof browser !== "boolean" || typeof startedUptime !== "number") return undefined;
  const failure = readFailure(file.failure);
  return {
    ...{ id, session, grant, browser, startedUptime, state },
    ...textFields(file, ["caller", "replaces", "url", "userCode", "urlWithCode"]),
    ...(typeof opened === "boolean" ? { opened } : {}),
    ...(typeof deviceFallback === "boolean" ? { deviceFallback } : {}),
    ...(failure ? { failure } : {}),
  };
}

/** The session that a state file describes; undefined unless every field is valid. */
export function parseSession(value: unknown): SsoSession | undefined {
  const { name, startUrl, region, scopes, login, endpoints, ...rest } = fields(value);
  const { useFips, useDualstack, ...urls } = fields(endpoints);
  if (typeof name !== "string" && name !== null) return undefined;
  if (typeof startUrl !== "string" || !URL.canParse(startUrl)) return undefined;
  if (typeof region !== "string" || typeof rest.loginArguments !== "string") return undefined;
  if (scopes !== null && !isTextList(scopes)) return undefined;
  if (typeof useFips !== "boolean" || typeof useDualstack !== "boolean") return undefined;
  const known: Pick<EndpointSettings, "ssoUrl" | "oidcUrl"> = textFields(urls, ["ssoUrl", "oidcUrl"]);
  if (!Object.values(known).every((url) => URL.canParse(url))) return undefined;
  return {
    ...{ name, startUrl, region, scopes },
    login: typeof login === "string" ? (login as LoginMode) : undefined,
    endpoints: { useFips, useDualstack, ...known },
    caBundle: parseCaBundle(rest.caBundle),
    loginArguments: rest.loginArguments,
  };
}

function parseCaBundle(value: unknown): CaBundle | undefined {
  const { path, setting, isOptional } = fields(value);
  if (typeof path !== "string" || typeof setting !== "string") return undefined;
  return { path, setting, isOptional: isOptional === true };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
