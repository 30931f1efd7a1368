import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Plan, planConfig } from "../../../../src/init/plan/plan.ts";
import type { Files, InitOptions } from "../../../../src/init/plan/planInput.ts";
import { fc } from "../../../support/fuzzing.ts";
import { configText } from "../../config/generatedConfig.ts";
import { keepsTheRest, planned, readsAsPlanned, secondPlanIsEmpty } from "../../fuzz/properties/plans.ts";
import { ADMIN, DEV_ADMIN, files, options, READ_ONLY, SESSION_KEYS } from "./initOptions.ts";

const none: ReadonlyMap<string, string> = new Map();

describe("for any config and any options", () => {
  const assignment = fc.constantFrom(ADMIN, READ_ONLY, DEV_ADMIN);
  const anyOptions = fc.record({
    wanted: fc.uniqueArray(assignment, { maxLength: 3 }),
    nameTemplate: fc.constantFrom(undefined, "{account_name}-{role_name}", "x.y/{role_name}{account_id}"),
    keepOnly: fc.option(fc.constant([ADMIN, READ_ONLY, DEV_ADMIN]), { nil: undefined }),
    adopt: fc.constantFrom("all" as const, []),
    command: fc.constantFrom("/opt/bin/sso-cred", "sso-cred"),
    isCommandGiven: fc.boolean(),
    sessionKeys: fc.constantFrom(none, SESSION_KEYS),
  });
  const anyPlan = (check: (plan: Plan, files: Files, options: InitOptions) => void) =>
    fc.assert(
      fc.property(configText, anyOptions, (text, some) => {
        const [both, all] = [files(text), options(some)];
        const made = planned(both, all);
        if (made !== undefined) check(made, both, all);
      }),
      { numRuns: 200 },
    );

  it("a second plan is empty", () => {
    anyPlan(secondPlanIsEmpty);
  });

  it("the result reads as the old text plus the plan", () => {
    anyPlan((made, _files, all) => readsAsPlanned(made, all));
  });

  it("every byte that is not in the plan stays, in its order", () => {
    anyPlan(keepsTheRest);
  });
});

const GOLDEN: Record<string, Partial<InitOptions>> = {
  "wizard-of-the-aws-cli": { wanted: [READ_ONLY], nameTemplate: "my-dev-profile", sessionKeys: none },
  "odd-spacing": { wanted: [ADMIN, DEV_ADMIN], sessionKeys: none, keepOnly: [ADMIN, DEV_ADMIN] },
  "crlf-and-mark": { wanted: [ADMIN], nameTemplate: "{account_name}-{role_name}" },
  "adopt-many": { adopt: "all", sessionKeys: none },
};

describe("a plan writes the golden file", () => {
  it.each(Object.keys(GOLDEN))("%s", (name) => {
    const path = (end: string) =>
      fileURLToPath(new URL(`../../../vectors/init/${name}.${end}`, import.meta.url));
    const made = planConfig(files(readFileSync(path("before"), "utf8")), options(GOLDEN[name]));
    expect(made.after).toBe(readFileSync(path("after"), "utf8"));
  });
});
