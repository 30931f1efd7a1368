type Scalar = string | number | boolean | null;
export type Json = Scalar | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Like Python's `json.dumps`: everything outside printable ASCII becomes `\uXXXX`. */
export function pythonString(text: string): string {
  return asciiJson(JSON.stringify(text));
}

/** Escapes everything outside printable ASCII in a JSON text. */
export function asciiJson(json: string): string {
  // A loop instead of a pattern: compiling one costs a cache hit more than looking at a few names.
  for (let i = 0; i < json.length; i++) {
    if (json.charCodeAt(i) > 0x7e) return escaped(json);
  }
  return json;
}

function escaped(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * JSON as Python's `json.dumps` writes it by default (one line, `", "` and `": "`), which is how
 * the AWS CLI writes its cache files and what it hashes for the name of a client registration.
 * Undefined fields are left out.
 */
export function pythonJson(value: Json): string {
  if (typeof value === "string") return pythonString(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${fields.map(([key, item]) => `${pythonString(key)}: ${pythonJson(item as Json)}`).join(", ")}}`;
}

/** Parses a JSON object. Undefined for any other text. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The named fields of a JSON value that are non-empty strings. */
export function textFields<K extends string>(from: unknown, names: readonly K[]): { [P in K]?: string } {
  const all = (from ?? {}) as Record<string, unknown>;
  const found = names.map((name) => [name, all[name]]).filter(([, value]) => isText(value));
  return Object.fromEntries(found) as { [P in K]?: string };
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
