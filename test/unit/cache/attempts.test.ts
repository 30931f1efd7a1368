import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { attemptSince, lastAttempt, readFailure, recordAttempt } from "../../../src/cache/attempts.ts";
import { type ErrorKind, EXIT_CODE, SsoCredError } from "../../../src/errors.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
let path: string;
let system: FakeSystem;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "attempts", "a.json");
  system = fakeSystem();
});

const failure = (kind: ErrorKind) => new SsoCredError(kind, "what happened", { remedy: { run: "do this" } });

it("keeps a successful attempt for a minute", () => {
  expect(lastAttempt(path, system)).toBeUndefined();
  const at = system.now();
  recordAttempt(path, system);
  system.clock.advance(60_000);
  expect(lastAttempt(path, system)).toEqual({ at });
  system.clock.advance(1);
  expect(lastAttempt(path, system)).toBeUndefined();
});

it.each(["unavailable", "access-denied", "login-required", "login-failed"] as const)(
  "shares the service's failure with waiting callers: %s",
  (kind) => {
    recordAttempt(path, system, failure(kind));
    const told = lastAttempt(path, system)?.failure;
    expect(told).toMatchObject({ kind, message: "what happened", remedy: { run: "do this" } });
  },
);

it.each([
  { HTTPS_PROXY: "http://10.0.0.1:3128" },
  { https_proxy: "http://10.0.0.1:3128" },
  { HTTP_PROXY: "10.0.0.1" },
  { NO_PROXY: "*" },
  { no_proxy: "*" },
  { AWS_CA_BUNDLE: "/etc/ca.pem" },
  { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:1" },
])("does not share an outage with a caller that reaches the service another way: %j", (env) => {
  const other = fakeSystem({ clock: system.clock, env });
  recordAttempt(path, other, failure("unavailable"));
  expect(lastAttempt(path, other)?.failure).toBeDefined();
  expect(lastAttempt(path, system)).toEqual({ at: system.now() });
  recordAttempt(path, other, failure("access-denied"));
  expect(lastAttempt(path, system)?.failure?.kind).toBe("access-denied");
  expect(readFileSync(path, "utf8")).not.toContain(Object.values(env)[0]);
});

it("names the token that the attempt concerns", () => {
  recordAttempt(path, system, undefined, "mark");
  expect(lastAttempt(path, system)).toEqual({ at: system.now(), tokenFingerprint: "mark" });
});

it("records an attempt that failed in one caller's own environment, without its failure", () => {
  recordAttempt(path, system, failure("config"));
  expect(lastAttempt(path, system)).toEqual({ at: system.now() });
});

it.each([failure("cancelled"), failure("unexpected"), failure("usage"), new TypeError("bug"), "text"])(
  "does not count %s as an attempt",
  (error) => {
    recordAttempt(path, system, error);
    expect(lastAttempt(path, system)).toBeUndefined();
  },
);

it("finds an attempt that ended since a given time, and none from the future", () => {
  recordAttempt(path, system);
  expect(attemptSince(path, system.now(), system)).toBeDefined();
  expect(attemptSince(path, system.now() + 1, system)).toBeUndefined();
  system.clock.advance(-1);
  expect(attemptSince(path, 0, system)).toBeUndefined();
});

it("never makes a run fail", () => {
  writeFileSync(join(folder, "attempts"), "in the way");
  recordAttempt(path, system);
  expect(lastAttempt(path, system)).toBeUndefined();
  expect(system.steps.map(({ what }) => what)).toEqual(["the attempt could not be recorded"]);
});

it.each(["{}", "", '{"at": 1}', '{"format": 1, "at": "now"}'])(
  "finds no attempt in a file of another form: %s",
  (text) => {
    recordAttempt(path, system);
    writeFileSync(path, text);
    expect(lastAttempt(path, system)).toBeUndefined();
  },
);

it("counts only on its own host, until the next boot", () => {
  recordAttempt(path, system);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), boot: "another" }));
  expect(lastAttempt(path, system)).toBeUndefined();
});

it("reads back a failure of every kind", () => {
  for (const kind of Object.keys(EXIT_CODE)) {
    expect(readFailure({ kind, message: "m", remedy: { open: "u" } })).toMatchObject({
      kind,
      remedy: { open: "u" },
    });
  }
});

it.each([
  undefined,
  null,
  "x",
  {},
  { kind: "toString", message: "m" },
  { kind: "usage" },
  { kind: 1, message: "m" },
])("finds no failure in %j", (value) => {
  expect(readFailure(value)).toBeUndefined();
});
