import type { SsoToken } from "../../src/model.ts";
import { type AssignedAccount, defaultAccounts } from "./accounts.ts";
import { findDevice } from "./consent.ts";
import type { HttpResponse, Incoming } from "./http.ts";
import { deliver, type Misbehaviour, takeMisbehaviour } from "./misbehaviour.ts";
import { type Service, serve, serviceOf } from "./routes.ts";
import { type Handler, type Listener, listen, type Tls } from "./server.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { type SignInElsewhere, signInElsewhere } from "./signInElsewhere.ts";
import { newState, type State } from "./state.ts";

export interface RequestRecord {
  /** Epoch milliseconds of the emulator's clock. */
  at: number;
  service: Service | "none";
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
  /** 0 if no response was sent. */
  status: number;
}

export interface IdentityCenterOptions extends Partial<Settings> {
  accounts?: AssignedAccount[];
  /** The emulator's clock in epoch milliseconds; absent: the real one. */
  now?: () => number;
  /** One server for all services, or one each with shared state, so that one can be down alone. */
  servers?: "one" | "separate";
  port?: number;
  tls?: Tls;
  /** Prepended to every service path, because endpoint URLs may have a path. */
  prefix?: string;
  /** Handles the paths under `/_control/`. */
  control?: (center: IdentityCenter, incoming: Incoming) => HttpResponse | Promise<HttpResponse>;
}

export interface IdentityCenter {
  readonly url: string;
  readonly urls: Readonly<Record<Service, string>>;
  /** The environment variables that point an AWS client here. */
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Settings;
  accounts: AssignedAccount[];
  readonly requests: RequestRecord[];
  /** The number of requests to this path, optionally only those that satisfy `where`. */
  count(path: string, where?: (request: RequestRecord) => boolean): number;
  now(): number;
  /** Moves only the emulator's clock. */
  advance(ms: number): void;
  /** Signs a person in with another tool: a valid token without any request. */
  signIn(as?: SignInElsewhere): SsoToken;
  /** Without a code: the only pending device authorization. */
  approveDevice(userCode?: string): void;
  denyDevice(userCode?: string): void;
  /** Removes the role's assignment, in one account or in all. */
  forbid(roleName: string, accountId?: string): void;
  revokeSessions(): void;
  expireAccessTokens(): void;
  expireRegistrations(): void;
  misbehave(rule: Misbehaviour): void;
  behave(): void;
  goDown(service?: Service): Promise<void>;
  comeBack(service?: Service): Promise<void>;
  readonly state: State;
  stop(): Promise<void>;
}

const SERVICES: readonly Service[] = ["oidc", "portal", "sts"];

export async function startIdentityCenter(options: IdentityCenterOptions = {}): Promise<IdentityCenter> {
  const {
    accounts,
    now = Date.now,
    servers = "one",
    port = 0,
    tls,
    prefix = "",
    control,
    ...settings
  } = options;
  let offsetMs = 0;
  const clock = () => now() + offsetMs;
  const state = newState({ ...DEFAULT_SETTINGS, ...settings }, accounts ?? defaultAccounts(), clock);
  const requests: RequestRecord[] = [];
  const rules: Misbehaviour[] = [];

  const handlerFor =
    (served: readonly Service[]): Handler =>
    (received, response) => {
      if (control && received.path.startsWith("/_control/")) {
        void Promise.resolve(control(center, received)).then((controlResponse) =>
          deliver(response, () => controlResponse, undefined),
        );
        return;
      }
      const stripped = prefix && received.path.startsWith(`${prefix}/`);
      const path = stripped ? received.path.slice(prefix.length) : received.path;
      const { method, headers, body } = received;
      const query = Object.fromEntries(received.query);
      const service = serviceOf(path, served);
      const record = { at: clock(), service, method, path, query, headers, body, status: 0 };
      requests.push(record);
      const work = () => serve(state, received, path, served);
      record.status = deliver(response, work, takeMisbehaviour(rules, path));
    };

  const shared = servers === "one" ? await listen(handlerFor(SERVICES), port, tls) : undefined;
  const start = async (service: Service): Promise<Listener> =>
    shared ?? (await listen(handlerFor([service]), 0, tls));
  const listeners = { oidc: await start("oidc"), portal: await start("portal"), sts: await start("sts") };
  const urls = {
    oidc: listeners.oidc.url + prefix,
    portal: listeners.portal.url + prefix,
    sts: listeners.sts.url,
  };
  state.oidcUrl = listeners.oidc.url;
  const chosen = (service?: Service) => [
    ...new Set(service ? [listeners[service]] : Object.values(listeners)),
  ];

  const decide = (userCode: string | undefined, decision: "approved" | "denied") => {
    const pending = [...state.devices.values()].filter((device) => device.decision === "pending");
    const device =
      userCode === undefined && pending.length === 1 ? pending[0] : findDevice(state, userCode ?? "");
    if (device?.decision !== "pending") throw new Error(`No pending device request ${userCode ?? ""}`);
    device.decision = decision;
  };

  const center: IdentityCenter = {
    url: urls.oidc,
    urls,
    env: {
      AWS_ENDPOINT_URL_SSO: urls.portal,
      AWS_ENDPOINT_URL_SSO_OIDC: urls.oidc,
      AWS_ENDPOINT_URL_STS: urls.sts,
    },
    settings: state.settings,
    get accounts() {
      return state.accounts;
    },
    set accounts(replacement) {
      state.accounts = replacement;
    },
    requests,
    count: (path, where = () => true) =>
      requests.filter((request) => request.path === path && where(request)).length,
    now: clock,
    advance: (ms) => {
      offsetMs += ms;
    },
    signIn: (as) => signInElsewhere(state, as),
    approveDevice: (userCode) => decide(userCode, "approved"),
    denyDevice: (userCode) => decide(userCode, "denied"),
    forbid: (roleName, accountId) => {
      for (const account of state.accounts) {
        if (accountId === undefined || account.accountId === accountId) {
          account.roles = account.roles.filter((role) => role !== roleName);
        }
      }
    },
    revokeSessions: () => {
      for (const { session } of state.accessTokens.values()) session.revoked = true;
    },
    expireAccessTokens: () => {
      for (const token of state.accessTokens.values()) token.expiresAt = clock();
    },
    expireRegistrations: () => {
      for (const client of state.registrations.values()) client.expiresAt = clock();
    },
    misbehave: (rule) => {
      rules.push({ ...rule });
    },
    behave: () => {
      rules.length = 0;
    },
    goDown: async (service) => {
      await Promise.all(chosen(service).map((listener) => listener.goDown()));
    },
    comeBack: async (service) => {
      await Promise.all(chosen(service).map((listener) => listener.comeBack()));
    },
    state,
    stop: async () => {
      await Promise.all(chosen().map((listener) => listener.goDown()));
    },
  };
  return center;
}
