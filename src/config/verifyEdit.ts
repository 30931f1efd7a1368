import { isDeepStrictEqual } from "node:util";
import { type ConfigEdit, editedSection, setAsideLines } from "./edit.ts";
import { parseConfig, type SectionName } from "./ini.ts";

/**
 * True if the edited text parses as the old text with the edits applied. In some layouts an edit
 * changes the meaning of a neighbouring line (an indented line continues the one above). Such an
 * edit must not be written.
 */
export function readsAsEdited(before: string, edits: readonly ConfigEdit[], after: string): boolean {
  const expected = keysBySection(before);
  const found = keysBySection(after);
  for (const edit of edits) {
    const section = editedSection(edit);
    const id = `${section.kind} ${section.name}`;
    const keys = expected.get(id) ?? new Map<string, string>();
    if ("add" in edit) {
      // A new section may also have keys from `[DEFAULT]`.
      if (edit.entries.some(([key, value]) => found.get(id)?.get(key) !== value)) return false;
      found.delete(id);
    } else if ("remove" in edit) {
      expected.delete(id);
    } else if ("set" in edit) {
      for (const [key, value] of edit.entries) removeKey(keys, key).set(key, value);
    } else {
      for (const key of edit.keys) removeKey(keys, key);
      for (const [key, value] of edit.entries ?? restored(before, section)) keys.set(key, value);
    }
  }
  return isDeepStrictEqual(expected, found);
}

function restored(before: string, section: SectionName): [string, string][] {
  const text = ["[profile x]", ...setAsideLines(before, section)].join("\n");
  return [...(keysBySection(text).get("profile x") ?? [])];
}

/** Removes a key together with the keys nested below it. */
function removeKey(keys: Map<string, string>, key: string): Map<string, string> {
  for (const name of [...keys.keys()]) if (name === key || name.startsWith(`${key}.`)) keys.delete(name);
  return keys;
}

function keysBySection(text: string): Map<string, Map<string, string>> {
  return new Map(
    parseConfig(text, "config").map((section) => {
      const nested = [...section.nested].flatMap(([key, map]) =>
        [...map].map(([inner, value]): [string, string] => [`${key}.${inner}`, value]),
      );
      return [`${section.kind} ${section.name}`, new Map([...section.keys, ...nested])];
    }),
  );
}
