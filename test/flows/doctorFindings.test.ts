import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { CONFIG_CASES, type DoctorCase, ENVIRONMENT_CASES, GOOD } from "../support/doctorCases.ts";
import { FILE_CASES } from "../support/doctorFileCases.ts";
import { STATE_CASES } from "../support/doctorStateCases.ts";
import { type CallOptions, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, "utf8");
const CASES: readonly DoctorCase[] = [...CONFIG_CASES, ...ENVIRONMENT_CASES, ...FILE_CASES, ...STATE_CASES];
/** Findings of Windows, and of the front, which only an executable has. */
const TRIED_ELSEWHERE: Record<string, string> = {
  "command-quoted": "test/flows/doctorWindows.test.ts",
  "env-home": "test/flows/doctorWindows.test.ts",
  front: "test/binary/frontVersions.test.ts",
  "front-version": "test/binary/frontVersions.test.ts",
};
/** The ids of docs/doctor.md, with their severities. */
const DOCUMENTED = new Map(
  [...read("docs/doctor.md").matchAll(/^\| `([a-z-]+)` \| ([a-z ]+) \|/gm)].map(
    ([, id = "", severity = ""]) => [id, severity.split(" or ")],
  ),
);

async function findings(world: SignInWorld, { isOnline }: DoctorCase, env: CallOptions["env"] = {}) {
  const args = ["doctor", "--json", ...(isOnline ? [] : ["--offline"])];
  const { code, stdout, stderr } = await world.call(args, { env });
  expect(stderr).toBe("");
  expect(stdout).not.toMatch(/AKIAEXAMPLE|very-secret|pass-word/);
  const found: Finding[] = JSON.parse(stdout);
  expect(code).toBe(found.some(({ severity }) => severity === "error") ? 8 : 0);
  for (const { id, severity } of found) expect(DOCUMENTED.get(id), id).toContain(severity);
  return found;
}

test.for(CASES)(
  "$id ($says) is found, and is gone once it is mended",
  { timeout: 60_000 },
  async (one, context) => {
    if (one.skip) return context.skip(one.skip);
    const world = await signInWorld({ config: GOOD, ...one.world });
    const isIt = ({ id, found }: Finding) => id === one.id && found.includes(one.says);
    await one.arrange?.(world);
    const before = await findings(world, one, one.env?.(world));
    expect(before.filter(isIt), JSON.stringify(before)).not.toEqual([]);
    await one.mend?.(world);
    const after = await findings(world, one, one.mendedEnv);
    expect(after.filter(isIt)).toEqual([]);
  },
);

test("every documented finding is tried, and every finding of the checks is documented", () => {
  const documented = [...DOCUMENTED.keys()].sort();
  expect(read("docs/doctor.md").match(/^\| `[a-z-]+` \|/gm)).toHaveLength(documented.length);
  for (const [id, file] of Object.entries(TRIED_ELSEWHERE)) expect(read(file)).toContain(`id: "${id}"`);
  const tried = new Set([...CASES.map(({ id }) => id), ...Object.keys(TRIED_ELSEWHERE)]);
  expect([...tried].sort()).toEqual(documented);
  const checks = readdirSync(`${ROOT}src/doctor`).map((name) => read(`src/doctor/${name}`));
  const written = new Set(
    checks.flatMap((text) =>
      [...text.matchAll(/(?:\bid:|\bfinding\()\s*"([a-z-]+)"/g)].map(([, id = ""]) => id),
    ),
  );
  expect([...written].sort()).toEqual(documented);
});
