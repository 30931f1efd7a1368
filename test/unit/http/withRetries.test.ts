import { expect, test } from "vitest";
import { SsoCredError } from "../../../src/errors.ts";
import { serviceUnavailable } from "../../../src/http/serviceUnavailable.ts";
import { endedByDeadline, withRetries } from "../../../src/http/withRetries.ts";
import { ServiceError } from "../../../src/identityCenter/serviceError.ts";
import { accessTo, answering, httpServer, JSON_TYPE, ROLE_CREDENTIALS, type Seen } from "./servers.ts";

function system(startsAt = 1_000_000) {
  let time = startsAt;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: async (ms: number) => {
      slept.push(ms);
      time += ms;
    },
    pass: (ms: number) => {
      time += ms;
    },
    trace: { step() {} },
  };
}

const passing = (retryAfterMs?: number) =>
  serviceUnavailable("the service is out of order", "HTTP 503", { retry: true, retryAfterMs });

test("a short outage is waited out", async () => {
  const clock = system();
  const failures = [passing(), passing(), passing()];
  const result = await withRetries(clock, 10_000, async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return "credentials";
  });
  expect(result).toBe("credentials");
  expect(clock.slept).toHaveLength(3);
});

test("pauses are random, with a limit that doubles up to 4 s", async () => {
  const limits = [250, 500, 1000, 2000, 4000, 4000];
  const longest = limits.map(() => 0);
  for (let round = 0; round < 300; round++) {
    const clock = system();
    await withRetries(clock, 100_000, async () => {
      if (clock.slept.length < limits.length) throw passing();
    });
    for (const [i, pause] of clock.slept.entries()) {
      expect(pause).toBeGreaterThan(0);
      expect(pause).toBeLessThanOrEqual(limits[i] ?? 0);
      longest[i] = Math.max(longest[i] ?? 0, pause);
    }
  }
  for (const [i, limit] of limits.entries()) expect(longest[i]).toBeGreaterThan(limit * 0.8);
});

test.each([10_000, 3_000])("a long outage costs at most the budget of %i ms", async (budgetMs) => {
  const clock = system();
  const failure = passing();
  let attempts = 0;
  const result = withRetries(clock, budgetMs, async () => {
    attempts++;
    clock.pass(100);
    throw failure;
  });
  await expect(result).rejects.toBe(failure);
  expect(clock.now() - 1_000_000).toBeLessThanOrEqual(budgetMs + 100);
  expect(attempts).toBeGreaterThan(2);
});

test("every attempt gets the same deadline, the end of the budget", async () => {
  const clock = system();
  const deadlines: number[] = [];
  await withRetries(clock, 10_000, async (deadline) => {
    deadlines.push(deadline);
    if (deadlines.length < 3) throw passing();
  });
  expect(deadlines).toEqual([1_010_000, 1_010_000, 1_010_000]);
});

test("Retry-After is obeyed", async () => {
  const clock = system();
  await withRetries(clock, 10_000, async () => {
    if (clock.slept.length === 0) throw passing(5_000);
  });
  expect(clock.slept).toEqual([5_000]);
});

test("a Retry-After beyond the budget ends the attempts at once", async () => {
  const clock = system();
  const failure = passing(60_000);
  await expect(withRetries(clock, 10_000, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(clock.slept).toEqual([]);
});

test.each([
  ["the service's refusal", new ServiceError("oidc", 400, "invalid_grant", "invalid_grant")],
  ["a lasting outage", serviceUnavailable("a sign-in page", "HTTP 200", { retry: false })],
  ["a broken configuration", new SsoCredError("config", "the CA bundle is empty")],
  ["a bug", new TypeError("undefined is not a function")],
])("%s is not repeated", async (_name, failure) => {
  const clock = system();
  let attempts = 0;
  const result = withRetries(clock, 10_000, async () => {
    attempts++;
    throw failure;
  });
  await expect(result).rejects.toBe(failure);
  expect(attempts).toBe(1);
  expect(clock.slept).toEqual([]);
});

test("without a budget there is one attempt", async () => {
  const clock = system();
  const failure = passing();
  let attempts = 0;
  const result = withRetries(clock, -1, async () => {
    attempts++;
    throw failure;
  });
  await expect(result).rejects.toBe(failure);
  expect(attempts).toBe(1);
});

const lasting = serviceUnavailable("a sign-in page", "HTTP 200", { retry: false });
test.each([
  ["an outage that may pass, with 10 s left", passing(), 10_000, false],
  ["an outage that may pass, with 4 s left", passing(), 4_000, true],
  ["a lasting outage, with 1 s left", lasting, 1_000, false],
  ["a lasting outage, at the deadline", lasting, 0, true],
  ["a wait for others, at the deadline", new SsoCredError("unavailable", "waited too long"), 0, true],
  ["a refusal, at the deadline", new SsoCredError("access-denied", "no access"), 0, false],
])("tells whether an earlier deadline is to blame: %s", (_name, failure, leftMs, expected) => {
  expect(endedByDeadline(failure, 1_000_000 + leftMs, 1_000_000)).toBe(expected);
});

test("over real HTTP: dropped, throttled, then a response", async () => {
  const seen: Seen[] = [];
  const good = answering(seen, 200, JSON_TYPE, ROLE_CREDENTIALS);
  const throttled = answering(seen, 429, { "retry-after": "2" }, "{}");
  let requests = 0;
  const server = await httpServer((request, response) => {
    requests++;
    if (requests === 1) request.socket.destroy();
    else if (requests === 2) throttled(request, response);
    else good(request, response);
  });
  const clock = system(Date.now());
  const api = await accessTo(server.url);
  const credentials = await withRetries(clock, 10_000, (deadline) =>
    api.getRoleCredentials("t", "111122223333", "Admin", { deadline }),
  );
  expect(credentials.accessKeyId).toBe("ASIAEXAMPLE");
  expect(requests).toBe(3);
  expect(clock.slept[1]).toBe(2_000);
});
