import { rmSync } from "node:fs";
import { join } from "node:path";
import { oidcEndpoint } from "../aws/endpoints.ts";
import { type IdentityCenter, identityCenter, ServiceError } from "../aws/identityCenter.ts";
import { registrationPath } from "../cache/registrationCache.ts";
import { prepareReplacement } from "../cache/replaceFile.ts";
import { readToken, tokenPath } from "../cache/tokenCache.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isUsable } from "../expiry.ts";
import { stateDirectory } from "../paths.ts";
import type { ClientRegistration, TokenGrant } from "../sso/types.ts";
import type { System } from "../system/system.ts";
import { printable } from "../text.ts";
import { authorizationCodeGrant } from "./authorizationCodeGrant.ts";
import { deviceGrant } from "./deviceGrant.ts";
import { effectiveStartUrl } from "./effectiveStartUrl.ts";
import { keepNewToken } from "./keepNewToken.ts";
import {
  endPendingLogin,
  LOGIN_MS,
  type PendingLogin,
  readLoginFile,
  readPendingLogin,
  writePendingLogin,
} from "./pendingLogin.ts";
import { DEFAULT_SCOPES, obtainRegistration } from "./registerClient.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { beSilent, endSilence } from "./silence.ts";
import { isUnanswered, unanswered } from "./unanswered.ts";

const WATCH_MS = 500;

/**
 * The life of one sign-in, in a process of its own that outlives its callers. Ends by success (also by another
 * tool's), denial, logout (the login's file is gone) or after 10 minutes. Tells only through its file.
 */
export async function runLoginWorker(key: string, id: string, system: System): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(key)) return;
  const login = readLoginFile(join(stateDirectory(system.env, system.platform), "logins", `${key}.json`));
  if (login?.id !== id || login.state !== "starting") return;
  system.trace.step("sign-in begins", { grant: login.grant, asker: login.asker });
  writePendingLogin({ ...login, state: "working" }, system);
  const watch = watchLogin(login, system);
  try {
    prepareReplacement(tokenPath(login.session, system)).abandon();
    await signIn(login, watch.ended, system);
    endSilence(login.session, system);
    endPendingLogin(login.session, system, id);
    system.trace.step("sign-in succeeded");
  } catch (error) {
    fail(login, error, system);
  } finally {
    watch.stop();
  }
}

async function signIn(login: PendingLogin, ended: Promise<never>, system: System): Promise<void> {
  const { session } = login;
  const api = await identityCenter(session, system);
  try {
    const startUrl = await effectiveStartUrl(session, system);
    const run = login.grant === "browser" ? byBrowser : byDevice;
    const { client, grant } = await run(login, { api, startUrl, ended, system });
    await keepNewToken(login, client, grant, system);
  } finally {
    api.close();
  }
}

interface Run {
  api: IdentityCenter;
  startUrl: string;
  ended: Promise<never>;
  system: System;
}

type Granted = { client: ClientRegistration; grant: TokenGrant };

async function byBrowser(login: PendingLogin, { api, startUrl, ended, system }: Run): Promise<Granted> {
  const { session } = login;
  const client = await obtainRegistration(session, "authorization_code", startUrl, api, system);
  const grant = await authorizationCodeGrant(api, {
    client,
    oidcOrigin: new URL(oidcEndpoint(session)).origin,
    scopes: session.scopes ?? DEFAULT_SCOPES,
    sessionName: sessionTitle(session),
    opened: (url) => showOpen(login, { url }, url, system),
    ended,
  });
  return { client, grant };
}

async function byDevice(login: PendingLogin, run: Run, anew = false): Promise<Granted> {
  const { api, startUrl, ended, system } = run;
  const { session } = login;
  const client = await obtainRegistration(session, "device_code", startUrl, api, system, { anew });
  try {
    const grant = await deviceGrant(
      api,
      {
        client,
        startUrl,
        sessionName: sessionTitle(session),
        opened(authorization) {
          const url = webUrl(authorization.verificationUri);
          const urlWithCode = webUrl(authorization.verificationUriComplete);
          const userCode = printable(authorization.userCode, 40);
          return showOpen(login, { url, urlWithCode, userCode }, urlWithCode, system);
        },
        ended,
      },
      system,
    );
    return { client, grant };
  } catch (error) {
    // The service has forgotten the client that the cache still names.
    if (!anew && error instanceof ServiceError && error.code === "invalid_client")
      return byDevice(login, run, true);
    throw error;
  }
}

async function showOpen(
  login: PendingLogin,
  where: Pick<PendingLogin, "url" | "urlWithCode" | "userCode">,
  toOpen: string,
  system: System,
): Promise<void> {
  const opened = login.browser && (await system.openBrowser(toOpen));
  if (readPendingLogin(login.session, system)?.id !== login.id) return;
  writePendingLogin({ ...login, ...where, opened, state: "open" }, system);
  system.trace.step("sign-in is open", { grant: login.grant, opened });
}

/** Rejects `ended` when the wait is over: signed out, replaced, answered through another tool, out of time. */
function watchLogin(login: PendingLogin, system: System): { ended: Promise<never>; stop(): void } {
  const deadline = system.now() + LOGIN_MS;
  let watching = true;
  const ended = (async () => {
    while (watching) {
      await system.sleep(WATCH_MS);
      if (!watching) break;
      if (readPendingLogin(login.session, system)?.id !== login.id) throw ended_();
      const token = readToken(login.session, system);
      if (token && token.accessToken !== login.replaces && isUsable(token.expiresAt, system.now()))
        throw ended_();
      if (system.now() >= deadline) throw unanswered(sessionTitle(login.session));
    }
    return new Promise<never>(() => {});
  })();
  ended.catch(() => {});
  return {
    ended,
    stop() {
      watching = false;
    },
  };
}

function ended_(): SsoCredError {
  return new SsoCredError("cancelled", "the sign-in has been ended from elsewhere");
}

function fail(login: PendingLogin, error: unknown, system: System): void {
  system.trace.step("sign-in ended", { error: String(error) });
  if (isKind(error, "cancelled")) {
    endPendingLogin(login.session, system, login.id);
    return;
  }
  if (isUnanswered(error)) beSilent(login.session, system);
  if (error instanceof ServiceError && error.code === "invalid_client") {
    rmSync(registrationPath(login.session, system), { force: true });
  }
  if (readPendingLogin(login.session, system)?.id !== login.id) return;
  writePendingLogin({ ...login, state: "failed", failure: asFailure(error, login) }, system);
}

function asFailure(error: unknown, login: PendingLogin): SsoCredError {
  const title = sessionTitle(login.session);
  const remedy = { run: `sso-cred login ${login.session.loginArguments}` };
  if (error instanceof SsoCredError) {
    return error.kind === "login-failed" ? new SsoCredError(error.kind, error.message, { remedy }) : error;
  }
  if (error instanceof ServiceError) {
    const message = `the sign-in to '${title}' failed: ${printable(`${error.code}: ${error.message}`, 200)}`;
    return new SsoCredError("login-failed", message, { remedy });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code && path)
    return new SsoCredError("config", `cannot write ${printable(path)} (${code}), so nobody can sign in`);
  return new SsoCredError("unexpected", `the sign-in to '${title}' failed: ${printable(String(error), 200)}`);
}

/** A page that may be opened: what the service sends is not trusted to be one. */
function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.href;
  throw new SsoCredError(
    "unavailable",
    `the service named a sign-in page that is no web address: ${printable(text, 80)}`,
  );
}
