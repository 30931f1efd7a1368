import { escapeHtml, type HttpResponse, htmlResponse, type Incoming, redirect } from "./http.ts";
import { CALLBACK_URI, oidcError } from "./oidc.ts";
import { type DeviceCode, type State, secret } from "./state.ts";

const EMULATOR =
  "<p><em>An emulator of IAM Identity Center on this computer, not AWS. Nothing here is real.</em></p>";
const BUTTONS =
  '<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button>';

/** This request's decision: the pressed button, else the configured one; undefined: ask. */
function decision(state: State, incoming: Incoming): "allow" | "deny" | undefined {
  if (incoming.method === "POST") {
    const pressed = new URLSearchParams(incoming.text).get("decision");
    return pressed === "allow" || pressed === "deny" ? pressed : undefined;
  }
  if (state.settings.consent === "auto") return "allow";
  return state.settings.consent === "deny" ? "deny" : undefined;
}

function askPage(state: State, title: string, inner: string): HttpResponse {
  if (state.settings.consent === "never") return htmlResponse(200, "Not now", "<p>Nothing happens here.</p>");
  return htmlResponse(200, title, `${EMULATOR}<form method="post">${inner}${BUTTONS}</form>`);
}

/** `/authorize`. Redirects no error until client and redirect URI are valid (RFC 6749, 4.1.2.1). */
export function authorize(state: State, incoming: Incoming): HttpResponse {
  const { query } = incoming;
  const client = state.registrations.get(query.get("client_id") ?? "");
  if (!client || state.now() >= client.expiresAt)
    return oidcError("InvalidClientException", "Unknown client");
  if (!client.grantTypes.includes("authorization_code")) {
    return oidcError("UnauthorizedClientException", "The client is not registered for authorization codes");
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  const withoutPort = redirectUri.replace(/^(http:\/\/127\.0\.0\.1):\d{1,5}\//, "$1/");
  if (withoutPort === redirectUri || withoutPort !== CALLBACK_URI) {
    return oidcError("InvalidRedirectUriException", "redirect_uri must be the loopback callback with a port");
  }
  const scopes = query.get("scopes")?.split(" ") ?? [];
  const challenge = query.get("code_challenge") ?? "";
  const faults = [
    query.get("response_type") !== "code" && "response_type",
    query.get("code_challenge_method") !== "S256" && "code_challenge_method",
    !/^[A-Za-z0-9_-]{43}$/.test(challenge) && "code_challenge",
    !query.get("state") && "state",
    (scopes.length === 0 || scopes.some((scope) => !client.scopes.includes(scope))) && "scopes",
  ].filter(Boolean);
  if (faults.length > 0) return oidcError("InvalidRequestException", `Invalid ${faults.join(", ")}`);

  const status = incoming.method === "POST" ? 303 : 302;
  const back = (result: Record<string, string>) => {
    const parameters = new URLSearchParams({ ...result, state: query.get("state") ?? "" });
    return redirect(status, `${redirectUri}?${parameters}`);
  };
  switch (decision(state, incoming)) {
    case "allow": {
      const code = secret("", 32);
      const expiresAt = state.now() + state.settings.codeSeconds * 1000;
      state.codes.set(code, { clientId: client.clientId, redirectUri, challenge, expiresAt, used: false });
      return back({ code });
    }
    case "deny":
      return back({ error: "access_denied", error_description: "The person denied the request" });
    default:
      return askPage(state, "Allow access?", "<p>A program on this computer asks for your AWS accounts.</p>");
  }
}

export function findDevice(state: State, userCode: string): DeviceCode | undefined {
  return [...state.devices.values()].find((device) => device.userCode === userCode);
}

/** `/device`: the page behind verificationUri and verificationUriComplete. */
export function devicePage(state: State, incoming: Incoming): HttpResponse {
  const typed = new URLSearchParams(incoming.text).get("user_code");
  const userCode = typed ?? incoming.query.get("user_code") ?? "";
  const device = findDevice(state, userCode);
  if (!device || state.now() >= device.expiresAt) {
    const field = '<p><label>Code <input name="user_code" autofocus></label></p>';
    if (userCode === "") return askPage(state, "Enter the code", field);
    return htmlResponse(400, "Unknown code", `<p>${escapeHtml(userCode)} is unknown or has expired.</p>`);
  }
  const decided = device.decision === "pending" ? decision(state, incoming) : undefined;
  if (decided) device.decision = decided === "allow" ? "approved" : "denied";
  if (device.decision !== "pending") {
    return htmlResponse(
      200,
      device.decision === "denied" ? "Denied" : "Request approved",
      `${EMULATOR}<p>Close this tab.</p>`,
    );
  }
  return askPage(state, "Allow access?", `<p>Is this your code? <b>${escapeHtml(userCode)}</b></p>`);
}
