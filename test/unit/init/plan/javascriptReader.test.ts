import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSharedConfigFiles, loadSsoSessionData } from "@smithy/core/config";
import { beforeEach, describe, expect, it } from "vitest";
import { planConfig } from "../../../../src/init/plan/plan.ts";
import { readCurrentConfig } from "../../../../src/init/plan/planInput.ts";
import { fc } from "../../../support/fuzzing.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { files, options, role } from "./initOptions.ts";

const VECTORS = fileURLToPath(new URL("../../../vectors/init", import.meta.url));

let folder: string;
let written = 0;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Reads with the SDK for JavaScript. Each call uses another file, as the SDK caches by path. */
async function readBySdk(text: string) {
  const path = join(folder, `config-${written++}`);
  writeFileSync(path, text);
  const { configFile } = await loadSharedConfigFiles({
    configFilepath: path,
    filepath: join(folder, "none"),
  });
  return { profiles: configFile, sessions: await loadSsoSessionData({ configFilepath: path }) };
}

/** Only our own profiles, to be compared with the SDK's result for the same names. */
async function expectSameReading(text: string, names: readonly string[], session: string): Promise<void> {
  const ours = readCurrentConfig(text);
  const { profiles, sessions } = await readBySdk(text);
  for (const name of names) expect(profiles[name]).toEqual(Object.fromEntries(ours.profiles.get(name) ?? []));
  expect(sessions[session]).toEqual(Object.fromEntries(ours.sessions.get(session) ?? []));
}

describe("the SDK for JavaScript reads as we do", () => {
  it.each(readdirSync(VECTORS).filter((name) => name.endsWith(".after")))("%s", async (name) => {
    const text = readFileSync(join(VECTORS, name), "utf8");
    const { ours } = readCurrentConfig(text);
    expect(ours.size).toBeGreaterThan(0);
    const { profiles } = await readBySdk(text);
    for (const profile of ours.keys()) {
      // Both treat the end of the line as a comment; only the SDK removes it.
      const line = readCurrentConfig(text)
        .profiles.get(profile)
        ?.get("credential_process")
        ?.replace(/\s+#.*/, "");
      expect(profiles[profile]?.credential_process).toBe(line);
    }
  });

  it("the profiles that init writes, whatever their names", async () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
    const assignment = fc
      .tuple(fc.integer({ min: 1e11, max: 9e11 }), name)
      .map(([id, accountName]) => role(String(id), "Power+User=a,b.c@d-e", accountName));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(assignment, { selector: ({ accountId }) => accountId }),
        async (wanted) => {
          const template = "{account_name}/{account_id}-{role_name}";
          const plan = planConfig(
            files("# mine\n[default]\nregion = x\n"),
            options({ wanted, nameTemplate: template }),
          );
          await expectSameReading(plan.after, plan.profiles, "my-sso");
        },
      ),
      { numRuns: 50 },
    );
  });
});
