import assert from "node:assert/strict";
import { EXIT_CODE } from "../../../../src/errors.ts";
import type { FakeSystem } from "../../../support/fakeSystem.ts";

/** Every exit code but that of a bug. */
const DOCUMENTED: readonly number[] = [
  0,
  ...Object.values(EXIT_CODE).filter((code) => code !== EXIT_CODE.unexpected),
];

const SENTENCES = /^sso-cred: [^\p{Cc}]+\n( {2}(run|open): [^\p{Cc}]+\n)*$/u;

/** A code of the table, and nothing invisible for anybody to read; for commands that tell people what they do. */
export function assertClean(
  code: number,
  { stdout, stderr, shown }: Pick<FakeSystem, "stdout" | "stderr" | "shown">,
): void {
  assert.ok(DOCUMENTED.includes(code), `exit ${code}: ${stderr}`);
  for (const text of [stdout, stderr, shown.replaceAll("\r\n", "")]) {
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
  }
}

/** A code of the table, nothing on stderr or one clean sentence, and nothing invisible for anybody to read. */
export function assertOrderly(code: number, system: FakeSystem): void {
  assertClean(code, system);
  assert.match(system.stderr, code === 0 ? /^$/ : SENTENCES);
}

const PROTOTYPES = [Object, Array, Function, String, Number, Map, Promise].map(
  ({ prototype }) => [prototype, Reflect.ownKeys(prototype)] as const,
);

/** Nothing that was read has become a property of every object. */
export function assertUnpolluted(): void {
  for (const [prototype, keys] of PROTOTYPES) {
    assert.equal(Reflect.ownKeys(prototype).length, keys.length, "a prototype has got a property");
  }
  assert.equal(Object.getPrototypeOf(Object.prototype), null);
}

/** Takes away what an input has left there, before the next one. */
export function cleanPrototypes(): void {
  for (const [prototype, keys] of PROTOTYPES) {
    for (const key of Reflect.ownKeys(prototype)) {
      if (!keys.includes(key)) Reflect.deleteProperty(prototype, key);
    }
  }
}
