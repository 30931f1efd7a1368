import type { RequestRecord } from "../../test/identityCenter/identityCenter.ts";

const OPERATIONS: Readonly<Record<string, string>> = {
  "/client/register": "RegisterClient",
  "/device_authorization": "StartDeviceAuthorization",
  "/token": "CreateToken",
  "/federation/credentials": "GetRoleCredentials",
  "/assignment/accounts": "ListAccounts",
  "/assignment/roles": "ListAccountRoles",
  "/logout": "Logout",
  "/": "GetCallerIdentity",
};

/** The name of an SDK's request: `CreateToken (refresh_token)`; undefined for visited pages. */
function operationOf({ path, body }: RequestRecord): string | undefined {
  const operation = OPERATIONS[path];
  const grantType = (body as { grantType?: unknown } | null)?.grantType;
  return operation === "CreateToken" ? `CreateToken (${String(grantType)})` : operation;
}

/** The number of successful requests of each operation, and of failed ones of each status. */
export function operations(requests: readonly RequestRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of requests) {
    const operation = operationOf(request);
    if (operation === undefined) continue;
    const name = request.status === 200 ? operation : `${operation}, answered ${request.status},`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Describes the requests: operations, and visits of the sign-in page. */
export function inWords(requests: readonly RequestRecord[]): string {
  const visits = requests.filter(({ path, method }) => path === "/authorize" && method === "GET").length;
  const counts = {
    ...operations(requests),
    ...(visits > 0 ? { "a visit of the sign-in page": visits } : {}),
  };
  const parts = Object.entries(counts).map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** How often Deny was pressed on the sign-in page. */
export function denials(requests: readonly RequestRecord[]): number {
  return requests.filter(({ path, method, body }) => {
    return path === "/authorize" && method === "POST" && /deny/.test(JSON.stringify(body));
  }).length;
}
