import assert from "node:assert/strict";
import { runCli } from "../../../../src/cli/cli.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { assertOrderly } from "./outcome.ts";

/** No host responds, whatever a command line names. */
const NOWHERE = "http://127.0.0.1:1";

/** Any command line in an empty home ends with a known exit code and one clean message. */
export function commandLines() {
  const HOME = temporaryFolder();
  return async (args: readonly string[]): Promise<void> => {
    const system = fakeSystem({ env: { HOME, HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE } });
    const code = await runCli(args, system);
    assertOrderly(code, system);
    assert.deepEqual(system.opened, []);
    if (code !== 0) assert.equal(system.stdout, "");
  };
}
