import { withRetries } from "../../http/withRetries.ts";
import type { IdentityCenter } from "../../identityCenter/identityCenter.ts";
import type { System } from "../../platform/system.ts";

/** All retries of one request together. */
const RETRY_MS = 10_000;

export type LoginApi = Pick<
  IdentityCenter,
  "registerClient" | "startDeviceAuthorization" | "redeemAuthorizationCode" | "redeemDeviceCode"
>;

/** The service's short outages are not the person's; polls of the device grant come again by themselves. */
export function patientApi(api: IdentityCenter, system: System): LoginApi {
  const retried = <T>(request: (patience: { deadline: number }) => Promise<T>) =>
    withRetries(system, RETRY_MS, (deadline) => request({ deadline }));
  return {
    registerClient: (input) => retried((patience) => api.registerClient(input, patience)),
    startDeviceAuthorization: (client, startUrl) =>
      retried((patience) => api.startDeviceAuthorization(client, startUrl, patience)),
    redeemAuthorizationCode: (client, input) =>
      retried((patience) => api.redeemAuthorizationCode(client, input, patience)),
    redeemDeviceCode: (client, deviceCode) => api.redeemDeviceCode(client, deviceCode),
  };
}
