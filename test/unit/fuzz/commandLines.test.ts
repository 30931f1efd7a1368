import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runCli } from "../../../src/cli.ts";
import { EXIT_CODE } from "../../../src/errors.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { anyText, expectUnpolluted, FUZZ_TIMEOUT, runs } from "./fuzzing.ts";

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
  "any command line in an empty home ends with a code of the table, and says one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const home = mkdtempSync(join(tmpdir(), "sso-cred-fuzz-"));
    const documented = [0, ...Object.values(EXIT_CODE)].filter((code) => code !== EXIT_CODE.unexpected);
    try {
      await fc.assert(
        fc.asyncProperty(args, async (all) => {
          const system = fakeSystem({ env: { HOME: home } });
          const code = await runCli(all, system);
          expect(documented).toContain(code);
          expect(system.opened).toEqual([]);
          if (code === 0) return;
          expect(system.stdout).toBe("");
          const [first = "", ...rest] = system.stderr.split("\n");
          expect(first).toMatch(/^sso-cred: \S/);
          expect(rest.join("\n")).toMatch(/^( {2}(run|open): [^\n]*\n)*$/);
          expect(system.stderr.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
        }),
        runs(1_000, 6_000),
      );
    } finally {
      rmSync(home, { recursive: true });
    }
    expectUnpolluted();
  },
);
