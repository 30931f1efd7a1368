import { type HttpResponse, type Incoming, jsonResponse } from "./http.ts";
import { issueKey } from "./roleSignature.ts";
import { isLive, type Session, type State } from "./state.ts";

function portalError(status: number, exception: string, message: string): HttpResponse {
  return jsonResponse(status, { message, __type: `com.amazonaws.switchboard.portal#${exception}` });
}

const unauthorized = () => portalError(401, "UnauthorizedException", "Session token not found or invalid");
const forbidden = () => portalError(403, "ForbiddenException", "No access");

function isThrottled(state: State): boolean {
  const rate = state.settings.portalRequestsPerSecond;
  if (rate === undefined) return false;
  const now = state.now();
  const bucket = state.bucket ?? { tokens: rate, filledAt: now };
  const filled = Math.min(rate, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate);
  state.bucket = { tokens: filled >= 1 ? filled - 1 : filled, filledAt: now };
  return filled < 1;
}

export function portal(state: State, incoming: Incoming): HttpResponse {
  if (isThrottled(state)) return portalError(429, "TooManyRequestsException", "HTTP 429 Unknown Code");
  const token = state.accessTokens.get(incoming.headers["x-amz-sso_bearer_token"] ?? "");
  const now = state.now();
  if (!token || now >= token.expiresAt || !isLive(token.session, now)) return unauthorized();
  switch (`${incoming.method} ${incoming.path}`) {
    case "GET /federation/credentials":
      return roleCredentials(state, incoming.query);
    case "GET /assignment/accounts":
      return listAccounts(state, incoming.query);
    case "GET /assignment/roles":
      return listRoles(state, incoming.query);
    case "POST /logout":
      return logout(token.session);
    default:
      return portalError(405, "InvalidRequestException", "Method not allowed");
  }
}

function roleCredentials(state: State, query: URLSearchParams): HttpResponse {
  const accountId = query.get("account_id") ?? "";
  const roleName = query.get("role_name") ?? "";
  if (!/^\d{12}$/.test(accountId) || roleName === "") {
    return portalError(400, "InvalidRequestException", "Invalid account_id or role_name");
  }
  const account = state.accounts.find((candidate) => candidate.accountId === accountId);
  if (!account?.roles.includes(roleName)) return forbidden();
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = issueKey(state, accountId, roleName);
  return jsonResponse(200, {
    roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration },
  });
}

function listAccounts(state: State, query: URLSearchParams): HttpResponse {
  const accounts = state.accounts.map(({ accountId, accountName, emailAddress }) => ({
    accountId,
    accountName,
    emailAddress,
  }));
  return page(state, query, accounts, "accountList");
}

function listRoles(state: State, query: URLSearchParams): HttpResponse {
  const accountId = query.get("account_id") ?? "";
  if (!/^\d{12}$/.test(accountId)) return portalError(400, "InvalidRequestException", "Invalid account_id");
  const account = state.accounts.find((candidate) => candidate.accountId === accountId);
  if (!account) return forbidden();
  const roles = account.roles.map((roleName) => ({ roleName, accountId }));
  return page(state, query, roles, "roleList");
}

function page(state: State, query: URLSearchParams, items: unknown[], list: string): HttpResponse {
  const asked = query.get("max_result");
  const size = asked ? Number(asked) : state.settings.pageSize;
  if (!Number.isInteger(size) || size < 1 || (asked && size > 100)) {
    return portalError(400, "InvalidRequestException", "Invalid max_result");
  }
  const token = query.get("next_token");
  const from = token ? Number(/^page-(\d+)$/.exec(Buffer.from(token, "base64").toString())?.[1]) : 0;
  if (Number.isNaN(from)) return portalError(400, "InvalidRequestException", "Invalid next_token");
  const to = from + Math.min(size, state.settings.pageSize);
  const nextToken = to < items.length ? Buffer.from(`page-${to}`).toString("base64") : null;
  return jsonResponse(200, { nextToken, [list]: items.slice(from, to) });
}

function logout(session: Session): HttpResponse {
  session.revoked = true;
  return { status: 200, headers: {}, body: "" };
}
