import { join, resolve } from "node:path";
import { withLock } from "../../cache/lock.ts";
import { followLinks } from "../../cache/replaceFile.ts";
import { SsoCredError } from "../../errors.ts";
import { stateDirectory } from "../../hit/paths.ts";
import { sha1 } from "../../hit/sha1.ts";
import type { System } from "../../platform/system.ts";
import { readConfigFiles } from "./configFiles.ts";
import type { Files } from "./initOptions.ts";
import type { Plan } from "./plan.ts";
import { writeConfig } from "./writeConfig.ts";

const LOCK_WAIT_MS = 30_000;
/** How often to start over when another tool, which takes no lock, changes the file in between. */
const ATTEMPTS = 5;

/**
 * Plans from the file as it is under the lock, and writes. A second `init` at the same time waits
 * and loses nothing. Without edits the file is not touched.
 *
 * @throws SsoCredError("config") as the planning does, and as `writeConfig`.
 */
export async function applyPlan(planFrom: (files: Files) => Plan, system: System): Promise<Plan> {
  const { configPath } = readConfigFiles(system);
  const lock = join(
    stateDirectory(system.env, system.platform),
    "locks",
    // Several names may lead to the same file.
    `config-${sha1(resolve(followLinks(configPath))).slice(0, 16)}`,
  );
  const wait = {
    deadline: system.now() + LOCK_WAIT_MS,
    purpose: `another sso-cred that writes ${configPath}`,
    writes: configPath,
  };
  return withLock(system, lock, wait, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const plan = planFrom(readConfigFiles(system));
      if (plan.after === plan.before || writeConfig(configPath, plan.before, plan.after)) return plan;
    }
    throw new SsoCredError("config", `${configPath} changes all the time; nothing was written`);
  });
}
