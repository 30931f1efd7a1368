import { expect, test } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { anyText, FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { assertOrderly, assertUnpolluted } from "./properties/outcome.ts";

/** No host responds, whatever a command line names. */
const NOWHERE = "http://127.0.0.1:1";

const command = fc.constantFrom(
  "init",
  "login",
  "logout",
  "list",
  "status",
  "--login-worker",
  "corp",
  "help",
);
const flag = fc.constantFrom(
  "--account-id",
  "--role-name",
  "--sso-session",
  "--profile",
  "--all",
  "--json",
  "--use-device-code",
  "--no-browser",
  "--start-url",
  "--sso-region",
  "--dry-run",
  "--yes",
  "--accounts",
  "--help",
  "-h",
  "-V",
  "--",
  "-",
  "--no-all",
);
const word = fc.oneof(
  { arbitrary: flag, weight: 4 },
  { arbitrary: command, weight: 2 },
  fc.constantFrom("123456789011", "ReadOnly", "x".repeat(40)),
  fc.tuple(flag, anyText).map(([left, right]) => `${left}=${right}`),
  anyText,
);
const args = fc.oneof(
  fc.array(word, { maxLength: 7 }),
  fc.tuple(command, fc.array(word, { maxLength: 6 })).map(([first, rest]) => [first, ...rest]),
  fc
    .tuple(anyText, anyText, anyText)
    .map(([session, account, role]) => [session, "--account-id", account, "--role-name", role]),
);

test(
  "any command line in an empty home ends with a documented exit code and one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const HOME = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(args, async (words) => {
        const system = fakeSystem({ env: { HOME, HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE } });
        const code = await runCli(words, system);
        assertOrderly(code, system);
        expect(system.opened).toEqual([]);
        if (code !== 0) expect(system.stdout).toBe("");
      }),
      runs(1_000, 6_000),
    );
    assertUnpolluted();
  },
);
