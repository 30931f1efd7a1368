import { authorize, devicePage } from "./consent.ts";
import { type HttpResponse, type Incoming, jsonResponse } from "./http.ts";
import { registerClient, startDeviceAuthorization } from "./oidc.ts";
import { portal } from "./portal.ts";
import type { State } from "./state.ts";
import { sts } from "./sts.ts";
import { createToken } from "./token.ts";

export type Service = "oidc" | "portal" | "sts";

type Route = (state: State, incoming: Incoming) => HttpResponse;

const ROUTES = new Map<string, { service: Service; methods: string[]; route: Route }>([
  ["/client/register", { service: "oidc", methods: ["POST"], route: registerClient }],
  ["/device_authorization", { service: "oidc", methods: ["POST"], route: startDeviceAuthorization }],
  ["/token", { service: "oidc", methods: ["POST"], route: createToken }],
  ["/authorize", { service: "oidc", methods: ["GET", "POST"], route: authorize }],
  ["/device", { service: "oidc", methods: ["GET", "POST"], route: devicePage }],
  ["/federation/credentials", { service: "portal", methods: ["GET"], route: portal }],
  ["/assignment/accounts", { service: "portal", methods: ["GET"], route: portal }],
  ["/assignment/roles", { service: "portal", methods: ["GET"], route: portal }],
  ["/logout", { service: "portal", methods: ["POST"], route: portal }],
  ["/", { service: "sts", methods: ["POST"], route: sts }],
]);

/** The service that a path belongs to, if any. */
export function serviceOf(path: string, served: readonly Service[]): Service | "none" {
  const service = ROUTES.get(path)?.service;
  return service && served.includes(service) ? service : "none";
}

/** Processes a request. `path` has no prefix. */
export function serve(
  state: State,
  received: Incoming,
  path: string,
  served: readonly Service[],
): HttpResponse {
  const entry = ROUTES.get(path);
  if (!entry || !served.includes(entry.service)) return jsonResponse(404, { message: "Not Found" });
  if (!entry.methods.includes(received.method)) return jsonResponse(405, { message: "Method Not Allowed" });
  // A signature covers the path that was sent, with the prefix.
  return entry.route(state, entry.service === "sts" ? received : { ...received, path });
}
