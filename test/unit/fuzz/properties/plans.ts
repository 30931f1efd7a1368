import assert from "node:assert/strict";
import { parseConfig } from "../../../../src/config/ini.ts";
import { readOurCommand } from "../../../../src/config/ourCommand.ts";
import { isKind } from "../../../../src/errors.ts";
import { type Plan, planConfig } from "../../../../src/init/plan/plan.ts";
import { type Files, type InitOptions, readCurrentConfig } from "../../../../src/init/plan/planInput.ts";

/** A plan; undefined if planning fails with a message that a person can act on. */
export function planned(files: Files, options: InitOptions): Plan | undefined {
  try {
    return planConfig(files, options);
  } catch (error) {
    if (isKind(error, "config", "usage")) return undefined;
    throw error;
  }
}

export function secondPlanIsEmpty({ after }: Plan, files: Files, options: InitOptions): void {
  assert.equal(
    planConfig({ ...files, configText: after, ...readCurrentConfig(after) }, options).after,
    after,
  );
}

/** The result reads as the old text plus the plan. */
export function readsAsPlanned({ before, after, edits, profiles }: Plan, options: InitOptions): void {
  const [old, now] = [sectionsOf(before), sectionsOf(after)];
  const touched = new Set(edits.map(({ section }) => (section === "default" ? "profile default" : section)));
  for (const [id, keys] of old) if (!touched.has(id)) assert.deepEqual(now.get(id), keys);
  for (const id of now.keys()) assert.ok(old.has(id) || touched.has(id), id);
  for (const [at, name] of profiles.entries()) {
    const command = readOurCommand(now.get(`profile ${name}`)?.get("credential_process") ?? "");
    const { accountId, roleName } = options.wanted[at] ?? {};
    assert.deepEqual(
      [command?.session, command?.accountId, command?.roleName],
      [options.session, accountId, roleName],
    );
  }
  const lines = edits.flatMap((edit) => edit.after.filter((line) => !edit.before.includes(line)));
  for (const line of lines) {
    const [, value] = /^\s*credential_process\s*[=:](.*)$/i.exec(line) ?? [];
    // An unquoted value is a number, whatever its origin.
    if (value !== undefined) assert.match(readOurCommand(value)?.accountId ?? "", /^\d{12}$/, line);
  }
}

function sectionsOf(text: string): Map<string, ReadonlyMap<string, string>> {
  return new Map(parseConfig(text, "config").map(({ kind, name, keys }) => [`${kind} ${name}`, keys]));
}

/** Longer texts are compared only at their ends. */
const MOST_PAIRS = 160_000;

/**
 * Every byte that the plan does not change is still there, in order: some sequence of removals and
 * insertions leads from the old lines to the new ones and contains only planned changes. Blank
 * lines go with a removed section and precede an added one; a last line without an end gets one.
 */
export function keepsTheRest({ before, after, edits }: Plan): void {
  assert.equal(after.startsWith("\ufeff"), before.startsWith("\ufeff"));
  const gone = new Set(edits.flatMap((edit) => edit.before));
  const come = new Set(edits.flatMap((edit) => edit.after));
  const has = (action: string) => edits.some((edit) => edit.action === action);
  const mayGo = (line: string) => gone.has(bare(line)) || (isBlank(line) && has("remove"));
  const mayCome = (line: string) => come.has(bare(line)) || (isBlank(line) && has("add"));
  const faults = unplanned(linesOf(before), linesOf(after), mayGo, mayCome);
  assert.equal(faults, 0, `${faults} lines lost or made up:\n${before}\n--- became\n${after}`);
}

const bare = (line: string) => line.replace(/[\r\n]+$/, "");
const isBlank = (line: string) => line.trim() === "";
/** Only the last line has no end, and gets one if something follows. */
const isKept = (old: string, now: string) => old === now || (bare(old) === old && bare(now) === old);

/** Lines with their ends, without the byte order mark. */
function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** The smallest number of unplanned removals and insertions that lead from one to the other. */
function unplanned(
  before: readonly string[],
  after: readonly string[],
  mayGo: (line: string) => boolean,
  mayCome: (line: string) => boolean,
): number {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const left = before.slice(head, before.length - tail);
  const right = after.slice(head, after.length - tail);
  if (left.length * right.length > MOST_PAIRS) return 0;
  // Row by row: the cost so far.
  let last = [0];
  for (const now of right) last.push((last.at(-1) ?? 0) + Number(!mayCome(now)));
  for (const old of left) {
    const row = [(last[0] ?? 0) + Number(!mayGo(old))];
    for (const [at, now] of right.entries()) {
      const kept = isKept(old, now) ? (last[at] ?? 0) : Number.POSITIVE_INFINITY;
      const taken = (last[at + 1] ?? 0) + Number(!mayGo(old));
      row.push(Math.min(kept, taken, (row[at] ?? 0) + Number(!mayCome(now))));
    }
    last = row;
  }
  return last.at(-1) ?? 0;
}
