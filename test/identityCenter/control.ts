import { type AssignedAccount, generateAccounts } from "./accounts.ts";
import { type HttpResponse, type Incoming, jsonResponse } from "./http.ts";
import type { IdentityCenter } from "./identityCenter.ts";
import type { How } from "./misbehaviour.ts";
import type { Service } from "./routes.ts";
import type { Settings } from "./settings.ts";

/** The JSON body of a control request. Each action reads its own fields. */
interface ControlBody {
  settings?: Partial<Settings>;
  accounts?: AssignedAccount[];
  generate?: { accounts: number; roles: number };
  roleName?: string;
  accountId?: string;
  userCode?: string;
  service?: Service;
  seconds?: number;
  path?: string;
  pathPattern?: string;
  times?: number;
  skip?: number;
  how?: How;
  scopes?: string[];
  grantTypes?: string[];
}

type Action = (center: IdentityCenter, body: ControlBody) => unknown;

const isoSeconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function countBy(names: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const READS = new Map<string, Action>([
  ["requests", (center) => center.requests],
  ["settings", (center) => center.settings],
  [
    "state",
    ({ state, accounts, requests }) => ({
      accounts: accounts.length,
      registrations: state.registrations.size,
      pendingDevices: [...state.devices.values()]
        .filter((d) => d.decision === "pending")
        .map((d) => d.userCode),
      accessTokens: state.accessTokens.size,
      liveAccessTokens: [...state.accessTokens.values()].filter(
        (token) => !token.session.revoked && token.expiresAt > state.now(),
      ).length,
      roleCredentials: state.roleKeys.size,
      requests: requests.length,
      counts: countBy(requests.map(({ path }) => path)),
    }),
  ],
]);

const CHANGES = new Map<string, Action>([
  ["settings", (center, { settings }) => Object.assign(center.settings, settings)],
  [
    "accounts",
    (center, { accounts, generate }) => {
      if (generate) center.accounts = generateAccounts(generate.accounts, generate.roles);
      if (accounts) center.accounts = accounts;
      return { accounts: center.accounts.length };
    },
  ],
  ["forbid", (center, { roleName = "", accountId }) => center.forbid(roleName, accountId)],
  ["revokeSessions", (center) => center.revokeSessions()],
  ["expireAccessTokens", (center) => center.expireAccessTokens()],
  ["expireRegistrations", (center) => center.expireRegistrations()],
  ["approveDevice", (center, { userCode }) => center.approveDevice(userCode)],
  ["denyDevice", (center, { userCode }) => center.denyDevice(userCode)],
  ["advance", (center, { seconds = 0 }) => center.advance(seconds * 1000)],
  ["goDown", (center, { service }) => center.goDown(service)],
  ["comeBack", (center, { service }) => center.comeBack(service)],
  ["behave", (center) => center.behave()],
  [
    "misbehave",
    (center, { path, pathPattern, times, skip, how }) => {
      if (!how || (path ?? pathPattern) === undefined)
        throw new Error("misbehave needs path or pathPattern, and how");
      center.misbehave({
        path: pathPattern === undefined ? (path ?? "") : new RegExp(pathPattern),
        how,
        ...(times === undefined ? {} : { times }),
        ...(skip === undefined ? {} : { skip }),
      });
    },
  ],
  [
    "forgetRequests",
    (center) => {
      center.requests.length = 0;
    },
  ],
  [
    "signIn",
    (center, { scopes, grantTypes }) => {
      const token = center.signIn({ ...(scopes ? { scopes } : {}), ...(grantTypes ? { grantTypes } : {}) });
      const { expiresAt, registrationExpiresAt = 0, ...rest } = token;
      return {
        ...rest,
        expiresAt: isoSeconds(expiresAt),
        registrationExpiresAt: isoSeconds(registrationExpiresAt),
      };
    },
  ],
]);

/** Handles `/_control/NAME`: GET reads, POST with a JSON object changes. See `README.md` here. */
export async function control(center: IdentityCenter, incoming: Incoming): Promise<HttpResponse> {
  const name = incoming.path.slice("/_control/".length);
  const action = (incoming.method === "GET" ? READS : CHANGES).get(name);
  if (!action) return jsonResponse(404, { error: `No ${incoming.method} /_control/${name}` });
  try {
    const result = await action(center, (incoming.text ? JSON.parse(incoming.text) : {}) as ControlBody);
    return jsonResponse(200, result ?? { ok: true });
  } catch (error) {
    return jsonResponse(400, { error: String(error) });
  }
}
