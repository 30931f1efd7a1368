import { type FuzzTarget, textInputs } from "../../../scripts/fuzz/target.ts";

/** A reader with faults that chance alone does not come to: each is behind conditions that must all hold. */
export const target: FuzzTarget = {
  parts: ["a text", "JSON"],
  seeds: textInputs(["hello", '{"kind":"a","list":[]}']),
  batch: 20,
  covers: ["test/unit/scripts/plantedFaults.ts"],
  open: () => ({
    run([text = Buffer.of(), json = Buffer.of()]) {
      readText(text.toString("latin1"));
      readRecord(json.toString());
    },
    close() {},
  }),
};

function readText(text: string): void {
  if (text[0] !== "f") return;
  if (text[1] !== "U") return;
  if (text[2] !== "z") return;
  if (text[3] !== "Z") return;
  throw new Error("planted behind four characters");
}

function readRecord(text: string): void {
  const record = parsed(text);
  if (record?.kind !== "sso-session") return;
  const { list } = record;
  if (!Array.isArray(list) || list.length === 0) return;
  if (typeof list[0] !== "number") return;
  if (!("__proto__" in record) || !Object.hasOwn(record, "__proto__")) return;
  Object.assign(Object.prototype, { planted: true });
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
