import { words } from "../text/words.ts";
import type { RolesPage } from "./parseResponse.ts";

export type Service = "oidc" | "portal";

/** The OIDC service's error codes after which only a new sign-in helps, whatever the status. */
const NEEDS_SIGN_IN = new Set(["invalid_grant", "invalid_client", "unauthorized_client", "expired_token"]);

/**
 * The service itself rejected the request, and would again. Throttling, transient faults and
 * everything that was not sent by the service are SsoCredError("unavailable") instead.
 *
 * `code` is the OAuth error code for the OIDC service (`invalid_grant`) and the exception's name
 * for the portal (`UnauthorizedException`).
 */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  /** True if token, grant or client is no longer accepted. Other rejections say nothing of them. */
  readonly needsSignIn: boolean;

  constructor(service: Service, status: number, code: string, message: string) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.code = code;
    this.needsSignIn = service === "portal" ? status === 401 : NEEDS_SIGN_IN.has(code);
  }
}

/** No roles, if the portal rejected an account that is not this person's; else throws `error`. */
export function noRolesIfRejected(error: unknown): RolesPage {
  if (error instanceof ServiceError && !error.needsSignIn) return { roles: [] };
  throw error;
}

/** RFC 6749 (5.2), RFC 8628 (3.5), RFC 7591 (3.2.2): accepted without an AWS header. */
export const OAUTH_ERRORS = new Set(
  words(`
    access_denied authorization_pending expired_token invalid_client invalid_client_metadata
    invalid_grant invalid_redirect_uri invalid_request invalid_scope unauthorized_client
    unsupported_grant_type`),
);

/**
 * Error names, without `Exception` or `Error` at their end, that mean "call less often":
 * THROTTLING_ERROR_CODES of @smithy/core, _THROTTLED_ERROR_CODES of botocore/retries/standard.py,
 * and `slow_down` of RFC 8628.
 */
const THROTTLING = new Set(
  words(`
    BandwidthLimitExceeded EC2Throttled LimitExceeded PriorRequestNotComplete
    ProvisionedThroughputExceeded RequestLimitExceeded RequestThrottled SlowDown Throttled Throttling
    TooManyRequests TransactionInProgress`),
);

/** The same for "try again", with the names of AWS's 5xx errors and of RFC 6749 section 4.1.2.1. */
const TRANSIENT = new Set(
  words(`
    InternalFailure InternalServer RequestTimeout Server ServiceUnavailable TemporarilyUnavailable
    Timeout`),
);

/** `name` is an exception's name or an OAuth error code; undefined is neither. */
export function temporaryFault(name: string): "throttling" | "transient" | undefined {
  const words = name.includes("_")
    ? name.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase())
    : name;
  const base = words.replace(/(?:Exception|Error)$/, "");
  if (THROTTLING.has(base)) return "throttling";
  return TRANSIENT.has(base) ? "transient" : undefined;
}
