import assert from "node:assert/strict";
import { readOurCommand } from "../../../../src/config/commandLine.ts";
import { parseConfig } from "../../../../src/config/ini.ts";
import { isKind } from "../../../../src/errors.ts";
import { type Plan, planConfig } from "../../../../src/init/plan.ts";
import type { Files, Wishes } from "../../../../src/init/wishes.ts";

/** A plan, or undefined where it is refused in words that a person can act on. */
export function planned(files: Files, wishes: Wishes): Plan | undefined {
  try {
    return planConfig(files, wishes);
  } catch (error) {
    if (isKind(error, "config", "usage")) return undefined;
    throw error;
  }
}

export function secondPlanIsEmpty({ after }: Plan, files: Files, wishes: Wishes): void {
  assert.equal(planConfig({ ...files, configText: after }, wishes).after, after);
}

/** The result reads as the old text plus the plan. */
export function readsAsPlanned({ before, after, edits, profiles }: Plan, wishes: Wishes): void {
  const [old, now] = [sectionsOf(before), sectionsOf(after)];
  const touched = new Set(edits.map(({ section }) => (section === "default" ? "profile default" : section)));
  for (const [id, keys] of old) if (!touched.has(id)) assert.deepEqual(now.get(id), keys);
  for (const id of now.keys()) assert.ok(old.has(id) || touched.has(id), id);
  for (const [at, name] of profiles.entries()) {
    const command = readOurCommand(now.get(`profile ${name}`)?.get("credential_process") ?? "");
    const { accountId, roleName } = wishes.wanted[at] ?? {};
    assert.deepEqual(
      [command?.session, command?.accountId, command?.roleName],
      [wishes.session, accountId, roleName],
    );
  }
}

function sectionsOf(text: string): Map<string, ReadonlyMap<string, string>> {
  return new Map(parseConfig(text, "config").map(({ kind, name, keys }) => [`${kind} ${name}`, keys]));
}

/** Longer texts are compared by their ends only. */
const MOST_LINES = 400;

/**
 * Every byte that is not in the plan is still there, in its order: the lines that went were planned, and those that came.
 * Blank lines go with a section that is removed, and come before one that is added; a last line without an end gets one.
 */
export function keepsTheRest({ before, after, edits }: Plan): void {
  assert.equal(after.startsWith("\ufeff"), before.startsWith("\ufeff"));
  const { gone, come } = difference(linesOf(before), linesOf(after));
  const bare = (line: string) => line.replace(/[\r\n]+$/, "");
  const isBlank = (line: string) => bare(line).trim() === "";
  const ended = linesOf(before).at(-1) ?? "";
  const wasEnded = (line: string) => bare(ended) === ended && bare(line) === ended;
  const old = new Set(edits.flatMap((edit) => edit.before));
  const fresh = new Set(edits.flatMap((edit) => edit.after));
  for (const line of gone) {
    const isPlanned = isBlank(line) ? edits.some(({ action }) => action === "remove") : old.has(bare(line));
    assert.ok(isPlanned || line === ended, `lost: ${JSON.stringify(line)}`);
  }
  for (const line of come) {
    const isPlanned = isBlank(line) ? edits.some(({ action }) => action === "add") : fresh.has(bare(line));
    assert.ok(isPlanned || wasEnded(line), `not planned: ${JSON.stringify(line)}`);
  }
}

/** With their ends; a byte order mark belongs to none. */
function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, "").match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** The lines outside a longest common subsequence. */
function difference(before: readonly string[], after: readonly string[]) {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const left = before.slice(head, before.length - tail);
  const right = after.slice(head, after.length - tail);
  if (left.length * right.length > MOST_LINES ** 2) return { gone: [], come: [] };
  const common = left.map(() => new Uint16Array(right.length + 1));
  const rows = [...common, new Uint16Array(right.length + 1)];
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const [row, next] = [rows[i] as Uint16Array, rows[i + 1] as Uint16Array];
      row[j] = left[i] === right[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  const gone: string[] = [];
  const come: string[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) [i, j] = [i + 1, j + 1];
    else if (j >= right.length || (i < left.length && (rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0))) {
      gone.push(left[i++] as string);
    } else come.push(right[j++] as string);
  }
  return { gone, come };
}
