import { printable } from "../../text/printable.ts";
import { relativeTime } from "../../text/relativeTime.ts";
import type { EndpointFacts, Facts, SessionFacts } from "../facts.ts";
import { type Finding, finding } from "../report.ts";

/** With a larger difference, TLS and the times of tokens go wrong. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Checks the sign-in, the endpoints and the assigned roles of each session. */
export function* checkSessions({ sessions, platform, now }: Facts): Generator<Finding> {
  for (const session of sessions) {
    yield* signIn(session, now);
    for (const endpoint of session.endpoints) yield* endpointFinding(session, endpoint);
    yield* clock(session, platform);
    yield* roles(session);
  }
}

function* signIn(session: SessionFacts, now: number): Generator<Finding> {
  const { title, token, life, loginArguments } = session;
  const run = `sso-cred login ${loginArguments}`;
  const where = `session ${printable(title)}`;
  if (token === "valid" && !session.tokenIsRefused)
    yield finding("signed-in", "note", where, {
      found: `signed in to '${printable(title)}'${life === undefined ? "" : `; ${life}`}`,
      why: "calls work without a person",
    });
  if (token === "refreshable")
    yield finding("signed-in", "note", where, {
      found: `the token of '${printable(title)}' is refreshed by the next call`,
      why: "calls work without a person",
    });
  if (token === "none" || token === "expired")
    yield finding("signed-out", "warning", where, {
      found:
        token === "none"
          ? `nobody is signed in to '${printable(title)}'`
          : `the sign-in to '${printable(title)}' has expired`,
      why: "the next call opens the sign-in, and waits for you",
      run,
    });
  if (token === "of another start URL")
    yield finding("token-mismatch", "error", where, {
      found: `the cached token of '${printable(title)}' is for another start URL or region than the config's, or came from other endpoints`,
      why: "it is not used; the AWS CLI shares the file",
      run,
    });
  if (token === "unreadable") {
    const { fault = "", remedy = { run } } = session.tokenFault ?? {};
    yield finding("token-unreadable", "error", where, {
      found: fault,
      why: "it counts as signed out; the AWS CLI shares the file",
      ...(remedy.run === undefined ? { fix: "make it a file that you may read, or remove it" } : remedy),
    });
  }
  if (session.tokenIsRefused)
    yield finding("token-refused", "warning", where, {
      found: `the portal refuses the token of '${printable(title)}', though it has not expired`,
      why: "the session was ended elsewhere; the next call refreshes the token or opens a sign-in",
      run,
    });
  if (session.startUrlFault !== undefined)
    yield finding("start-url-unusable", "error", where, {
      found: session.startUrlFault,
      why: "no client can sign in",
      fix: "correct sso_start_url; your administrator knows the address of the access portal",
    });
  if (session.signInIsOpen)
    yield finding("sign-in-open", "note", where, {
      found: `a sign-in to '${printable(title)}' is open`,
      why: "calls wait for it",
      run: `sso-cred status ${loginArguments}`,
    });
  if (session.backoffUntil !== undefined)
    yield finding("sign-in-back-off", "warning", where, {
      found: `no browser opens automatically for '${printable(title)}' yet, the next ${relativeTime(session.backoffUntil, now)}`,
      why: "the last sign-in was not completed",
      run,
    });
  yield finding("sign-in-way", "note", where, {
    found: `the next sign-in to '${printable(title)}': ${session.choice}`,
    why: "SSO_CRED_LOGIN or sso_cred_login changes it",
  });
}

function* endpointFinding(
  { title }: SessionFacts,
  { service, url, isAws, fault, milliseconds }: EndpointFacts,
): Generator<Finding> {
  const where = printable(url);
  const name = service === "oidc" ? "OIDC" : service;
  if (!isAws)
    yield finding("endpoint-not-aws", "warning", where, {
      found: `the ${name} endpoint of '${printable(title)}' is not AWS's`,
      why: "tokens are sent to it",
    });
  if (fault !== undefined)
    yield finding("endpoint-unreachable", "error", where, {
      found: fault,
      why: `the ${name} service of '${printable(title)}' is needed to ${service === "oidc" ? "sign in and to refresh the token" : "get credentials"}`,
      fix: "check the network and sso_region; a company's network often needs HTTPS_PROXY or AWS_CA_BUNDLE",
    });
  else if (milliseconds !== undefined)
    yield finding("endpoint-reached", "note", where, {
      found: `the ${name} service of '${printable(title)}' answers in ${milliseconds} ms`,
      why: "name lookup, connection and TLS work",
    });
}

function* clock({ endpoints }: SessionFacts, platform: NodeJS.Platform): Generator<Finding> {
  const offset = endpoints.find(({ clockOffsetMs }) => Math.abs(clockOffsetMs ?? 0) > CLOCK_TOLERANCE_MS);
  if (offset?.clockOffsetMs === undefined) return;
  const minutes = Math.round(Math.abs(offset.clockOffsetMs) / 60_000);
  yield finding("clock", "error", printable(offset.url), {
    found: `this computer's clock is ${minutes} minutes ${offset.clockOffsetMs > 0 ? "behind" : "ahead of"} the service's`,
    why: "expired credentials look valid or valid ones expired, and AWS refuses signed requests that are 5 minutes off",
    ...(platform === "linux"
      ? { run: "sudo timedatectl set-ntp true" }
      : { fix: "set the clock from network time" }),
  });
}

function* roles({ title, loginArguments, unassigned = [], lookedFor }: SessionFacts): Generator<Finding> {
  for (const { profile, accountId, roleName } of unassigned)
    yield finding("role-not-assigned", "error", `profile '${printable(profile)}'`, {
      found: `the role ${printable(roleName)} in account ${accountId} is not assigned to you`,
      why: "every client that uses the profile is refused",
      run: `sso-cred list ${loginArguments}`,
    });
  if (unassigned.length === lookedFor && lookedFor > 1)
    yield finding("signed-in-as-another", "warning", `session ${printable(title)}`, {
      found: `none of the roles in your profiles is assigned to the person who is signed in to '${printable(title)}'`,
      why: "the browser may have signed in another user",
      run: `sso-cred logout ${loginArguments}`,
    });
}
