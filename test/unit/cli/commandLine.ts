import { beforeEach } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, roleFile, rolePath, sessionSection } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

export const ID = "123456789011";

/** A new one for each test, with the session `corp`. */
export let home: Home;
beforeEach(async () => {
  home = await temporaryHome({ config: sessionSection("corp") });
});

export async function run(...args: string[]) {
  const system = fakeSystem({ env: { ...home.env, SSO_CRED_LOGIN: "never" } });
  const code = await runCli(args, system);
  return { code, stdout: system.stdout, stderr: system.stderr };
}

/** Role credentials of a session with any name. */
export async function cached(session: string, role = "ReadOnly"): Promise<void> {
  const expiration = fakeSystem().now() + 3600_000;
  await home.write(rolePath(session, ID, role), roleFile(expiration, ID));
}
