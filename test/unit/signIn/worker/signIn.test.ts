import { expect, it } from "vitest";
import { serviceUnavailable } from "../../../../src/http/serviceUnavailable.ts";
import { ServiceError } from "../../../../src/identityCenter/identityCenter.ts";
import { type LoginApi, withRetriedRequests } from "../../../../src/signIn/worker/signIn.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";

const CLIENT = { clientId: "id", clientSecret: "s" };
const CODE = { code: "c", codeVerifier: "v", redirectUri: "http://127.0.0.1:1/oauth/callback" };
const away = serviceUnavailable("away", "503", { retry: true });

/** A service whose requests each fail so often before they succeed. */
function service(failures: number, failure: Error) {
  const asked: string[] = [];
  const answer = (name: string) => async (): Promise<never> => {
    asked.push(name);
    if (asked.length <= failures) throw failure;
    return "good" as never;
  };
  const names = ["registerClient", "startDeviceAuthorization", "redeemAuthorizationCode", "redeemDeviceCode"];
  const api = Object.fromEntries(names.map((name) => [name, answer(name)])) as unknown as LoginApi;
  return { asked, api };
}

const requests: [string, (api: LoginApi) => Promise<unknown>][] = [
  ["registerClient", (api) => api.registerClient({ clientName: "n" })],
  ["startDeviceAuthorization", (api) => api.startDeviceAuthorization(CLIENT, "https://x")],
  ["redeemAuthorizationCode", (api) => api.redeemAuthorizationCode(CLIENT, CODE)],
];

it.each(requests)("%s is repeated during a short outage", async (name, ask) => {
  const { asked, api } = service(3, away);
  expect(await ask(withRetriedRequests(api as never, fakeSystem()))).toBe("good");
  expect(asked).toEqual([name, name, name, name]);
});

it.each(requests)("%s is given up within ten seconds", async (_, ask) => {
  const system = fakeSystem();
  const began = system.now();
  await expect(ask(withRetriedRequests(service(1e9, away).api as never, system))).rejects.toBe(away);
  expect(system.now() - began).toBeLessThanOrEqual(10_000);
  expect(system.slept.length).toBeGreaterThan(1);
});

it.each(requests)("%s is not repeated after a rejection by the service", async (name, ask) => {
  const no = new ServiceError("oidc", 400, "invalid_request", "invalid_request: no");
  const { asked, api } = service(1, no);
  await expect(ask(withRetriedRequests(api as never, fakeSystem()))).rejects.toBe(no);
  expect(asked).toEqual([name]);
});

it("a poll of the device grant is one request, without retries", async () => {
  const { asked, api } = service(1, away);
  await expect(withRetriedRequests(api as never, fakeSystem()).redeemDeviceCode(CLIENT, "d")).rejects.toBe(
    away,
  );
  expect(asked).toEqual(["redeemDeviceCode"]);
});
