import { join } from "node:path";
import { oidcEndpoint } from "../aws/endpoints.ts";
import { identityCenter, ServiceError } from "../aws/identityCenter.ts";
import { removeIfPossible } from "../cache/folder.ts";
import { registrationPath } from "../cache/registrationCache.ts";
import { sessionStatePath } from "../cache/statePaths.ts";
import { isKind } from "../errors.ts";
import { stateDirectory } from "../paths.ts";
import type { ClientRegistration, TokenGrant } from "../sso/types.ts";
import type { System } from "../system/system.ts";
import { printable } from "../text.ts";
import { authorizationCodeGrant } from "./authorizationCodeGrant.ts";
import { endLogin, updateLogin } from "./changeLogin.ts";
import { deviceGrant } from "./deviceGrant.ts";
import { effectiveStartUrl } from "./effectiveStartUrl.ts";
import { keepNewToken } from "./keepNewToken.ts";
import { loginFailure } from "./loginFailure.ts";
import { type LoginApi, patientApi } from "./patientApi.ts";
import { type PendingLogin, readLoginFile, removeMarks } from "./pendingLogin.ts";
import { DEFAULT_SCOPES, obtainRegistration } from "./registerClient.ts";
import { sessionTitle } from "./sessionTitle.ts";
import { beSilent, endSilence } from "./silence.ts";
import { type TokenRoom, withTokenRoom } from "./tokenRoom.ts";
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
    await withTokenRoom(login.session, system, (room) =>
      Promise.race([signIn(login, watch, room, system), unwound(watch.ended, system)]),
    );
    endSilence(login.session, system);
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
  room: TokenRoom,
  system: System,
): Promise<void> {
  const { session } = login;
  const keep: Run["keep"] = async (client, grant) => {
    watch.expect(grant.accessToken);
    room.free();
    await keepNewToken(login, client, grant, system);
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
  if (isUnanswered(error)) beSilent(login.session, system);
  // A page that nobody answered may have said that the service has forgotten the client.
  const isForgotten = error instanceof ServiceError && error.code === "invalid_client";
  if (isForgotten || (isUnanswered(error) && login.grant === "browser")) {
    removeIfPossible(registrationPath(login.session, system));
  }
  const denied = isKind(error, "login-failed") && !isUnanswered(error) ? { deniedAt: system.now() } : {};
  const failed = { ...login, ...denied, state: "failed" as const, failure: loginFailure(error, login) };
  if (await updateLogin(failed, system)) removeMarks(sessionStatePath("logins", login.session, system));
}
