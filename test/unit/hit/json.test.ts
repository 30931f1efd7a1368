import { expect, it } from "vitest";
import { type Json, pythonJson, pythonString } from "../../../src/hit/json.ts";
import { fc } from "../../support/fuzzing.ts";

// Right-hand sides: Python 3.11, json.dumps(value).
it.each<[Json, string]>([
  [{ a: 1, b: [true, false, null], c: { d: "x" } }, '{"a": 1, "b": [true, false, null], "c": {"d": "x"}}'],
  [{}, "{}"],
  [[], "[]"],
  [[[], {}], "[[], {}]"],
  ["caf\u00e9", '"caf\\u00e9"'],
  ["\u6771\u4eac", '"\\u6771\\u4eac"'],
  ["\ud83d\ude00", '"\\ud83d\\ude00"'],
  ['quote " backslash \\ slash /', '"quote \\" backslash \\\\ slash /"'],
  ["\b\f\n\r\t", '"\\b\\f\\n\\r\\t"'],
  ["\u0000\u0001\u001f", '"\\u0000\\u0001\\u001f"'],
  ["\u2028\u2029", '"\\u2028\\u2029"'],
  ["\ufeff", '"\\ufeff"'],
  ["\ud800", '"\\ud800"'],
  [-1.5, "-1.5"],
])("writes %j as Python does", (value, text) => {
  expect(pythonJson(value)).toBe(text);
});

it("escapes DEL, which Python does not take for printable ASCII", () => {
  expect(pythonString("\u007f~")).toBe('"\\u007f~"');
});

it("keeps the order of the keys, `__proto__` among them", () => {
  const value = JSON.parse('{"z": 1, "__proto__": {"y": 2}, "a": 3}') as Json;
  expect(pythonJson(value)).toBe('{"z": 1, "__proto__": {"y": 2}, "a": 3}');
});

it("writes ASCII that reads back as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = pythonJson(value as Json);
      expect(text).toMatch(/^[\u0020-\u007f]*$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
