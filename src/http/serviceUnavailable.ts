import { SsoCredError } from "../errors.ts";
import type { CaBundle } from "../model.ts";
import { printable } from "../text/printable.ts";
import { words } from "../text/words.ts";

/** Why a request got no usable response. */
interface Unavailable {
  /** For the trace: short, without advice. */
  reason: string;
  /** True if the same request may succeed within seconds. */
  retry: boolean;
  /** True if the service, or something in front of it, asked to be called less often. */
  isThrottled?: boolean;
  /** From the Retry-After header. */
  retryAfterMs?: number | undefined;
  /** True if the name of the service's host does not exist. */
  isHostUnknown?: boolean;
}

/** The `cause` of every "unavailable" error of this folder. */
class ServiceUnavailable extends Error {
  readonly facts: Unavailable;

  constructor(facts: Unavailable) {
    super(facts.reason);
    this.name = "ServiceUnavailable";
    this.facts = facts;
  }
}

export function serviceUnavailable(message: string, reason: string, facts: Omit<Unavailable, "reason">) {
  return new SsoCredError("unavailable", message, { cause: new ServiceUnavailable({ reason, ...facts }) });
}

export function unavailableFacts(error: unknown): Unavailable | undefined {
  return error instanceof SsoCredError && error.cause instanceof ServiceUnavailable
    ? error.cause.facts
    : undefined;
}

/** The abort reason of a request that ran out of time. */
export class TimedOut extends Error {
  readonly phase: "lookup" | "connect" | "handshake" | "response";
  readonly ms: number;

  constructor(phase: TimedOut["phase"], ms: number) {
    super(`${phase} timed out`);
    this.phase = phase;
    this.ms = ms;
  }
}

/** The response is not HTTP. */
export class NotHttp extends Error {}

/** The response is longer than its caller allows. */
export class ResponseTooLong extends Error {
  override readonly message = "endless response";
}

/** The other end of a socket, as messages name it. */
export interface Peer {
  /** `portal.sso.eu-west-1.amazonaws.com`, or `the proxy 10.0.0.1:3128 (HTTPS_PROXY)`. */
  name: string;
  isProxy: boolean;
  /** Undefined: the default CAs. */
  caBundle?: CaBundle | undefined;
}

const UNKNOWN_ISSUER = new Set(
  words(`
    UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE
    SELF_SIGNED_CERT_IN_CHAIN DEPTH_ZERO_SELF_SIGNED_CERT CERT_UNTRUSTED`),
);

/** True for a TLS failure that trusting more CAs may fix. */
export function isUnknownIssuer(error: unknown): boolean {
  return UNKNOWN_ISSUER.has(codeOf(error));
}

/** Explains a failed lookup, connection, handshake or transfer in one line that says what to do. */
export function networkFault(error: unknown, peer: Peer): SsoCredError {
  if (error instanceof SsoCredError) return error;
  const code = codeOf(error);
  const [message, retry] = explain(error, code, peer);
  const reason = error instanceof Error ? error.message : String(error);
  const isHostUnknown = code === "ENOTFOUND" && !peer.isProxy;
  return serviceUnavailable(message, printable(`${code} ${reason}`.trim(), 200), { retry, isHostUnknown });
}

function explain(error: unknown, code: string, peer: Peer): [message: string, retry: boolean] {
  const { name, isProxy } = peer;
  const named = isProxy ? name : `host ${name}`;
  const hint = isProxy ? "is it running?" : "does this network need a proxy (HTTPS_PROXY)?";
  if (error instanceof TimedOut) {
    const time = error.ms < 1000 ? `${error.ms} ms` : `${Math.round(error.ms / 1000)} s`;
    switch (error.phase) {
      case "lookup":
        return [`cannot look up ${named}: no answer within ${time}; are you online?`, true];
      case "connect":
        return [`cannot reach ${name}: no connection within ${time}; ${hint}`, true];
      case "handshake":
        return isProxy
          ? [`${name} accepts connections, but did not answer within ${time}: is it a proxy?`, true]
          : [`no TLS connection to ${name} within ${time}: is a firewall in between?`, true];
      case "response":
        return [`${name} did not answer within ${time}`, true];
    }
  }
  if (error instanceof ResponseTooLong) return [`${name} sends an endless response`, false];
  if (error instanceof NotHttp) return [`${name} did not answer in HTTP (${error.message})`, false];
  switch (code) {
    case "ENOTFOUND":
      return [`cannot find ${named}: are you online?`, false];
    case "EAI_AGAIN":
      return [`cannot look up ${named}: are you online?`, true];
    case "ECONNREFUSED":
      return [`${name} refused the connection: ${hint}`, false];
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
    // Linux, for a blackhole route (ip-route(8)).
    case "EINVAL":
      return [`there is no route to ${name}: are you online?`, false];
    case "EACCES":
    case "EPERM":
      return [
        `this computer allows no connection to ${name} (${code}): a firewall, or a VPN that is down?`,
        false,
      ];
    case "ETIMEDOUT":
      return [`cannot reach ${name}: no connection; ${hint}`, true];
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNABORTED":
      return [`${name} closed the connection before its response was complete`, true];
  }
  if (UNKNOWN_ISSUER.has(code)) return [unknownIssuer(peer), false];
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const state = code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet";
    return [`the certificate of ${name} ${state}: is this computer's clock right?`, false];
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return [
      `${name} presented the certificate of another host: a sign-in page of the network, or a proxy?`,
      false,
    ];
  }
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO|CERT_)/.test(code))
    return [`no TLS connection to ${name} (${code})`, false];
  return [`cannot reach ${name} (${printable(code, 60) || "unknown fault"})`, false];
}

function unknownIssuer({ name, caBundle }: Peer): string {
  return caBundle === undefined
    ? `the certificate of ${name} is signed by an unknown CA: set AWS_CA_BUNDLE (or ca_bundle in the AWS config) to a PEM file with that CA, or add it to the system's trust store`
    : `the certificate of ${name} is signed by a CA that is not in ${caBundle.path}: correct ${caBundle.setting}`;
}

/** For the AggregateError of several addresses (happy eyeballs): the code of the first attempt. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && !("code" in error && error.code)) return codeOf(error.errors[0]);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
