import assert from "node:assert/strict";
import { EXIT_CODE, isKind } from "../../../../src/errors.ts";
import type { FakeSystem } from "../../../support/fakeSystem.ts";

/** Every exit code except that of a bug. */
const DOCUMENTED: readonly number[] = [
  0,
  ...Object.values(EXIT_CODE).filter((code) => code !== EXIT_CODE.unexpected),
];

const SENTENCES = /^sso-cred: [^\p{Cc}]+\n( {2}(run|open): [^\p{Cc}]+\n)*$/u;

/** Asserts a known exit code and no invisible characters, for commands that people run. */
export function assertClean(
  code: number,
  { stdout, stderr, shown }: Pick<FakeSystem, "stdout" | "stderr" | "shown">,
): void {
  assert.ok(DOCUMENTED.includes(code), `exit ${code}: ${stderr}`);
  for (const text of [stdout, stderr, shown.replaceAll("\r\n", "")]) {
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
  }
}

/** Asserts a known exit code, at most one clean message on stderr, no invisible characters. */
export function assertOrderly(code: number, system: FakeSystem): void {
  assertClean(code, system);
  assert.match(system.stderr, code === 0 ? /^$/ : SENTENCES);
}

const PROTOTYPES = [Object, Array, Function, String, Number, Map, Promise].map(
  ({ prototype }) => [prototype, Reflect.ownKeys(prototype)] as const,
);

/** Asserts that no input has become a property of every object. */
export function assertUnpolluted(): void {
  for (const [prototype, keys] of PROTOTYPES) {
    assert.equal(Reflect.ownKeys(prototype).length, keys.length, "a prototype has got a property");
  }
  assert.equal(Object.getPrototypeOf(Object.prototype), null);
}

/** What `work` returns; undefined if it rejects its input with a message for a person. */
export function orRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isKind(error, "config", "unavailable")) return undefined;
    throw error;
  }
}
