import { join } from "node:path";
import { removeIfPossible } from "../../cache/folder.ts";
import { registrationPath } from "../../cache/registrationCache.ts";
import { sessionStatePath } from "../../cache/statePaths.ts";
import { DEFAULT_SCOPES } from "../../config/session.ts";
import { isKind } from "../../errors.ts";
import { stateDirectory } from "../../hit/paths.ts";
import { oidcEndpoint } from "../../identityCenter/endpoints.ts";
import { identityCenter, ServiceError } from "../../identityCenter/identityCenter.ts";
import type { ClientRegistration, TokenGrant } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { printable } from "../../text/printable.ts";
import { clearBackoff, recordUnanswered } from "../backoff.ts";
import { endLogin, updateLogin } from "../changeLogin.ts";
import { type PendingLogin, readLoginFile, removeClaims } from "../pendingLogin.ts";
import { sessionTitle } from "../sessionTitle.ts";
import { authorizationCodeGrant } from "./authorizationCodeGrant.ts";
import { deviceGrant } from "./deviceGrant.ts";
import { effectiveStartUrl } from "./effectiveStartUrl.ts";
import { loginFailure } from "./loginFailure.ts";
import { obtainRegistration } from "./registerClient.ts";
import { type ReservedTokenFile, withReservedTokenFile } from "./reservedTokenFile.ts";
import { type LoginApi, patientApi } from "./signInApi.ts";
import { storeToken } from "./storeToken.ts";
import { isUnanswered } from "./unanswered.ts";
import { type LoginWatch, watchLogin } from "./watchLogin.ts";
import { webUrl } from "./webUrl.ts";

/** After the end of the wait. */
const UNWIND_MS = 1_000;

/**
 * The life of one sign-in, in a process of its own that outlives its callers. Ends by success (also by another
 * tool's), denial, logout (the login's file is gone) or after 10 minutes. Tells only through its file.
 */
export async function runLoginWorker(key: string, id: string, system: System): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(key)) return;
  const login = readLoginFile(join(stateDirectory(system.env, system.platform), "logins", `${key}.json`));
  if (login?.id !== id || login.state !== "starting") return;
  system.trace.step("sign-in begins", { grant: login.grant, asker: login.asker });
  if (!(await updateLogin({ ...login, state: "working" }, system))) return;
  const watch = watchLogin(login, system);
  try {
    await withReservedTokenFile(login.session, system, (room) =>
      Promise.race([signIn(login, watch, room, system), unwound(watch.ended, system)]),
    );
    clearBackoff(login.session, system);
    await endLogin(login, system);
    system.trace.step("sign-in succeeded");
  } catch (error) {
    await fail(login, error, system);
  } finally {
    watch.stop();
  }
}

/** Lets the grant end in order: the page is told, stray errors are named. */
async function unwound(ended: Promise<never>, system: System): Promise<never> {
  try {
    return await ended;
  } finally {
    await system.sleep(UNWIND_MS);
  }
}

async function signIn(
  login: PendingLogin,
  watch: LoginWatch,
  room: ReservedTokenFile,
  system: System,
): Promise<void> {
  const { session } = login;
  const keep: Run["keep"] = async (client, grant) => {
    watch.expect(grant.accessToken);
    room.free();
    await storeToken(login, client, grant, system);
  };
  const api = await identityCenter(session, system);
  try {
    const startUrl = await effectiveStartUrl(session, system);
    const run = login.grant === "browser" ? byBrowser : byDevice;
    await run(login, { api: patientApi(api, system), startUrl, ended: watch.ended, keep, system });
  } finally {
    api.close();
  }
}

interface Run {
  api: LoginApi;
  startUrl: string;
  ended: Promise<never>;
  keep(client: ClientRegistration, grant: TokenGrant): Promise<void>;
  system: System;
}

async function byBrowser(login: PendingLogin, { api, startUrl, ended, keep, system }: Run): Promise<void> {
  const { session } = login;
  const client = await obtainRegistration(session, "authorization_code", startUrl, api, system);
  await authorizationCodeGrant(api, {
    client,
    oidcOrigin: new URL(oidcEndpoint(session)).origin,
    scopes: session.scopes ?? DEFAULT_SCOPES,
    sessionName: sessionTitle(session),
    opened(address) {
      const url = webUrl(address);
      return showOpen(login, { url }, url, system);
    },
    ended,
    keep: (grant) => keep(client, grant),
  });
}

async function byDevice(login: PendingLogin, run: Run, anew = false): Promise<void> {
  const { api, startUrl, ended, keep, system } = run;
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
    await keep(client, grant);
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
  system.trace.step("open the sign-in page", { browser: login.browser });
  const opened = login.browser && (await system.openBrowser(toOpen));
  await updateLogin({ ...login, ...where, opened, state: "open" }, system);
  system.trace.step("sign-in is open", { grant: login.grant, opened });
}

async function fail(login: PendingLogin, error: unknown, system: System): Promise<void> {
  system.trace.step("sign-in ended", { error: String(error) });
  if (isKind(error, "cancelled")) {
    await endLogin(login, system);
    return;
  }
  if (isUnanswered(error)) recordUnanswered(login.session, system);
  // A page that nobody answered may have said that the service has forgotten the client.
  const isForgotten = error instanceof ServiceError && error.code === "invalid_client";
  if (isForgotten || (isUnanswered(error) && login.grant === "browser")) {
    removeIfPossible(registrationPath(login.session, system));
  }
  const denied = isKind(error, "login-failed") && !isUnanswered(error) ? { deniedAt: system.now() } : {};
  const failed = { ...login, ...denied, state: "failed" as const, failure: loginFailure(error, login) };
  if (await updateLogin(failed, system)) removeClaims(sessionStatePath("logins", login.session, system));
}
