import { expect, test } from "vitest";
import { EARLY_VARIABLES, forgetEarlyVariables } from "../../../scripts/build/earlyVariables.ts";

/** A length and a string, as they stand in a start-up snapshot. */
function snapshotString(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, Buffer.from(`${text}\0`)]);
}

function binaryWith(names: readonly string[]): Buffer {
  return Buffer.concat([
    Buffer.from("ELF\0another\0"),
    ...names.map((name) => Buffer.from(`${name}\0`)),
    Buffer.from("process.env.NODE_V8_COVERAGE;\0"),
    Buffer.from("if (process.env.NODE_CHANNEL_FD) {\0"),
    ...EARLY_VARIABLES.map(snapshotString),
  ]);
}

test("only the C strings that name the variables are emptied", () => {
  const binary = binaryWith(EARLY_VARIABLES);
  const before = Buffer.from(binary);
  forgetEarlyVariables(binary);
  const changed = [...binary.keys()].filter((at) => binary[at] !== before[at]);
  const named = changed.map((at) => before.toString("latin1", at, before.indexOf(0, at)));
  expect(named).toEqual([...EARLY_VARIABLES, "D) {"]);
  expect(changed.map((at) => binary[at])).toEqual([0, 0, 0, "_".charCodeAt(0)]);
});

test("a Node that does not read these variables is rejected", () => {
  expect(() => forgetEarlyVariables(Buffer.from(EARLY_VARIABLES.join("\0")))).toThrow(
    "NODE_CHANNEL_FD does not stand in the Node binary",
  );
});

test.each([
  ["is missing", EARLY_VARIABLES.slice(1), 0],
  ["is there twice", [...EARLY_VARIABLES, EARLY_VARIABLES[0] as string], 2],
])("a Node in which a name %s is rejected", (_, names, times) => {
  expect(() => forgetEarlyVariables(binaryWith(names))).toThrow(
    `NODE_REPL_EXTERNAL_MODULE stands ${times} times in the Node binary, not once`,
  );
});
