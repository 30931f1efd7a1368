import { isKind, SsoCredError } from "../../errors.ts";
import { unavailableFacts } from "../../http/serviceUnavailable.ts";
import { type IdentityCenter, ServiceError } from "../../identityCenter/identityCenter.ts";
import type { ClientRegistration, DeviceAuthorization, TokenGrant } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { unanswered } from "./watchLogin.ts";

/** RFC 8628, section 3.5: `slow_down` adds this to the interval permanently. */
const SLOW_DOWN_SECONDS = 5;
/** How long the first poll may delay showing the code. */
const FIRST_POLL_MS = 2_000;

export interface DeviceGrantInput {
  client: ClientRegistration;
  startUrl: string;
  sessionName: string;
  /** Called with the codes; shows and opens the page. */
  opened(authorization: DeviceAuthorization): Promise<void>;
  /** Rejects when the wait has to end: out of time, or signed out. */
  ended: Promise<never>;
  store(token: TokenGrant): Promise<void>;
}

/**
 * The device authorization grant (RFC 8628): polls at the service's interval until the person has
 * responded or the codes expire, and stores the token. Continues through an outage.
 */
export async function deviceGrant(
  api: Pick<IdentityCenter, "startDeviceAuthorization" | "redeemDeviceCode">,
  input: DeviceGrantInput,
  system: Pick<System, "now" | "sleep" | "trace" | "uninterrupted">,
): Promise<void> {
  const authorization = await api.startDeviceAuthorization(input.client, input.startUrl);
  const expiresAt = system.now() + authorization.expiresInSeconds * 1000;
  let intervalSeconds = authorization.intervalSeconds;
  // Like the AWS CLI, poll once before showing anything: the device may already be authorized.
  const first = poll();
  let isStored = await Promise.race([first, system.sleep(FIRST_POLL_MS).then(() => false)]);
  if (isStored) return;
  await input.opened(authorization);
  isStored = await Promise.race([first, input.ended]);
  while (!isStored) {
    await Promise.race([system.sleep(intervalSeconds * 1000), input.ended]);
    if (system.now() >= expiresAt) throw unanswered(input.sessionName);
    isStored = await poll();
  }

  /** False while the person has not responded. */
  async function poll(): Promise<boolean> {
    // A code can be redeemed once: a signal must not come between the token and its file.
    return system.uninterrupted(async () => {
      const token = await redeem();
      if (token) await input.store(token);
      return token !== undefined;
    });
  }

  async function redeem(): Promise<TokenGrant | undefined> {
    try {
      return await api.redeemDeviceCode(input.client, authorization.deviceCode);
    } catch (error) {
      if (isKind(error, "unavailable")) {
        system.trace.step("poll failed, trying on", { error: error.message });
        if (unavailableFacts(error)?.isThrottled) intervalSeconds += SLOW_DOWN_SECONDS;
        return undefined;
      }
      const code = error instanceof ServiceError ? error.code : undefined;
      if (code === "authorization_pending") return undefined;
      if (code === "expired_token") throw unanswered(input.sessionName);
      if (code !== "access_denied") throw error;
      throw new SsoCredError("login-failed", `the sign-in to '${input.sessionName}' was denied`);
    }
  }
}
