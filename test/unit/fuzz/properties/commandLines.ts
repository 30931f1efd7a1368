import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../../../src/cli/cli.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";
import { assertOrderly } from "./outcome.ts";

/** No host responds, whatever a command line names. */
const NOWHERE = "http://127.0.0.1:1";

/** Any command line in an empty home ends with a known exit code and one clean message. */
export function commandLines() {
  const home = mkdtempSync(join(tmpdir(), "sso-cred-fuzz-"));
  return {
    async holds(args: readonly string[]): Promise<void> {
      const system = fakeSystem({ env: { HOME: home, HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE } });
      const code = await runCli(args, system);
      assertOrderly(code, system);
      assert.deepEqual(system.opened, []);
      if (code !== 0) assert.equal(system.stdout, "");
    },
    close: () => rmSync(home, { recursive: true }),
  };
}
