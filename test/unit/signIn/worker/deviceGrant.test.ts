import { expect, it } from "vitest";
import { SsoCredError } from "../../../../src/errors.ts";
import { serviceUnavailable } from "../../../../src/http/serviceUnavailable.ts";
import { ServiceError } from "../../../../src/identityCenter/identityCenter.ts";
import type { DeviceAuthorization, TokenGrant } from "../../../../src/model.ts";
import { type DeviceGrantInput, deviceGrant } from "../../../../src/signIn/worker/deviceGrant.ts";
import { isUnanswered } from "../../../../src/signIn/worker/watchLogin.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";

const TOKEN = { accessToken: "at", expiresIn: 3600 };
const CLIENT = { clientId: "id", clientSecret: "secret", expiresAt: 0 };
const AUTHORIZATION: DeviceAuthorization = {
  deviceCode: "device-code",
  userCode: "BCDF-GHJK",
  verificationUri: "https://device.example/",
  verificationUriComplete: "https://device.example/?user_code=BCDF-GHJK",
  expiresInSeconds: 600,
  intervalSeconds: 5,
};

type PollAnswer = "token" | Error | Promise<"token">;
const said = (code: string) => new ServiceError("oidc", 400, code, `${code}: said the service`);
const PENDING = said("authorization_pending");
const SLOW_DOWN = serviceUnavailable("throttled", "slow_down", { retry: true, isThrottled: true });
const OUTAGE = new SsoCredError("unavailable", "the service is away");

/** The pauses between polls. The first sleep is the timeout of the first poll. */
const pauses = ({ slept }: { slept: readonly number[] }) => slept.slice(1);

/** A service that gives the polls these responses in order, and then repeats the last one. */
function grantWith(answers: PollAnswer[], input: Partial<DeviceGrantInput> = {}) {
  const system = fakeSystem();
  const shown: DeviceAuthorization[] = [];
  const polls: number[] = [];
  const began = system.now();
  const stored: TokenGrant[] = [];
  const result = deviceGrant(
    {
      startDeviceAuthorization: async () => AUTHORIZATION,
      redeemDeviceCode: async () => {
        const next = answers[Math.min(polls.length, answers.length - 1)];
        polls.push((system.now() - began) / 1000);
        const answer = await next;
        if (answer === "token") return TOKEN;
        throw answer;
      },
    },
    {
      client: CLIENT,
      startUrl: "https://example.awsapps.com/start",
      sessionName: "corp",
      opened: async (authorization) => {
        shown.push(authorization);
      },
      ended: new Promise<never>(() => {}),
      store: async (token) => {
        stored.push(token);
      },
      ...input,
    },
    system,
  ).then(() => stored);
  return { result, system, shown, polls };
}

it("polls once before it shows anything: the device may already be authorized", async () => {
  const { result, shown } = grantWith(["token"]);
  expect(await result).toEqual([TOKEN]);
  expect(shown).toEqual([]);
});

it("shows the code after two seconds if the first poll hangs, and uses its late response", async () => {
  let answer: (token: "token") => void = () => {};
  const late = new Promise<"token">((resolve) => {
    answer = resolve;
  });
  const shownAt: number[] = [];
  const { result, system, polls } = grantWith([late], {
    opened: async () => {
      shownAt.push(system.now() - began);
      answer("token");
    },
  });
  const began = system.now();
  expect(await result).toEqual([TOKEN]);
  expect([shownAt, polls]).toEqual([[2_000], [0]]);
});

it("stops when the wait is ended while the first poll hangs", async () => {
  const ended = Promise.reject(new SsoCredError("cancelled", "signed out"));
  ended.catch(() => {});
  const { result, shown } = grantWith([new Promise<"token">(() => {})], { ended });
  await expect(result).rejects.toThrow("signed out");
  expect(shown).toEqual([AUTHORIZATION]);
});

it("polls at the interval that the service names", async () => {
  const { result, system, shown, polls } = grantWith([PENDING, PENDING, PENDING, "token"]);
  expect(await result).toEqual([TOKEN]);
  expect(pauses(system)).toEqual([5000, 5000, 5000]);
  expect(polls).toEqual([0, 5, 10, 15]);
  expect(shown).toEqual([AUTHORIZATION]);
});

it("adds five seconds for every slow_down, permanently", async () => {
  const { result, system } = grantWith([PENDING, SLOW_DOWN, PENDING, SLOW_DOWN, PENDING, "token"]);
  await result;
  expect(pauses(system)).toEqual([5000, 10_000, 10_000, 15_000, 15_000]);
});

it("obeys a slow_down in response to the first poll", async () => {
  const { result, system } = grantWith([SLOW_DOWN, "token"]);
  await result;
  expect(pauses(system)).toEqual([10_000]);
});

it("continues to poll through an outage", async () => {
  const { result, polls } = grantWith([OUTAGE, PENDING, OUTAGE, OUTAGE, "token"]);
  expect(await result).toEqual([TOKEN]);
  expect(polls).toEqual([0, 5, 10, 15, 20]);
});

it("stops when the codes have expired, by our clock", async () => {
  const { result, polls } = grantWith([PENDING]);
  const error = await result.catch((reason) => reason);
  expect(isUnanswered(error)).toBe(true);
  expect(error.message).toBe("nobody answered the sign-in to 'corp' in time");
  expect(polls.at(-1)).toBe(595);
});

it("stops when the service says that the codes have expired", async () => {
  const error = await grantWith([PENDING, said("expired_token")]).result.catch((reason) => reason);
  expect([isUnanswered(error), error.kind]).toEqual([true, "login-failed"]);
});

it("stops at a denial, and names the session", async () => {
  const error = await grantWith([PENDING, said("access_denied")]).result.catch((reason) => reason);
  expect([error.kind, error.message]).toEqual(["login-failed", "the sign-in to 'corp' was denied"]);
});

it("passes on the service's other rejections", async () => {
  const refusal = said("invalid_client");
  await expect(grantWith([PENDING, refusal]).result).rejects.toBe(refusal);
});

it("stops in the middle of a pause when the wait is ended", async () => {
  const ended = Promise.reject(new SsoCredError("cancelled", "signed out"));
  ended.catch(() => {});
  const { result, polls } = grantWith([PENDING], { ended });
  await expect(result).rejects.toThrow("signed out");
  expect(polls).toEqual([0]);
});
