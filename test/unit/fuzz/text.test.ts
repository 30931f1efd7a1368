import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { readOurCommand } from "../../../src/config/ourCommand.ts";
import { formatTimestamp, parseTimestamp } from "../../../src/hit/expiry.ts";
import { expandPath } from "../../../src/hit/paths.ts";
import { commandLine } from "../../../src/init/plan/command.ts";
import { browserCommands } from "../../../src/platform/browser.ts";
import { shellWord, splitCommandLine, splitQuoted } from "../../../src/text/commandWords.ts";
import { printable } from "../../../src/text/printable.ts";
import { maskedText } from "../../../src/text/redact.ts";
import { anyText, FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { assertUnpolluted, orRefused } from "./properties/outcome.ts";

const lines = fc.oneof(
  anyText,
  fc
    .array(
      fc.oneof(anyText, fc.constantFrom(" ", '"', "'", "\\", "C:\\", "\\\\", "--account-id", "sso-cred")),
    )
    .map((parts) => parts.join("")),
);

test("any command line splits into words that together are not longer", () => {
  fc.assert(
    fc.property(lines, (line) => {
      const words = splitCommandLine(line);
      assert.ok(words.join("").length <= line.length);
      splitQuoted(line);
      readOurCommand(line);
    }),
    runs(1_500, 5_000),
  );
});

test("the URL stays one word of its own, whatever BROWSER holds", () => {
  fc.assert(
    fc.property(lines, (BROWSER) => {
      const url = "https://example.com/authorize?a=1&b=2";
      for (const platform of ["linux", "win32"] as const) {
        for (const words of browserCommands(url, { env: { BROWSER, DISPLAY: ":0" }, platform })) {
          assert.ok(words.some((word) => word.includes(url)));
        }
      }
    }),
    runs(1_000, 5_000),
  );
});

test("a valid time is written in the one form that every SDK reads", () => {
  const two = fc
    .oneof(fc.constantFrom(0, 1, 23, 24, 31, 59, 60), fc.integer({ min: 0, max: 99 }))
    .map((n) => String(n).padStart(2, "0"));
  const year = fc
    .oneof(fc.constantFrom(0, 1, 1969, 9999), fc.integer({ min: 0, max: 9999 }))
    .map((n) => String(n).padStart(4, "0"));
  const month = fc.constantFrom("00", "01", "02", "12", "13");
  const zone = fc.oneof(
    fc.constantFrom("Z", "UTC", "", " UTC", "z"),
    fc.tuple(fc.constantFrom("+", "-"), two, fc.constantFrom(":", ""), two).map((parts) => parts.join("")),
  );
  const nearly = fc
    .tuple(
      year,
      month,
      two,
      fc.constantFrom("T", " ", "t"),
      two,
      two,
      two,
      fc.constantFrom("", ".5", ",123456789"),
      zone,
    )
    .map(([year, month, day, t, h, m, s, part, z]) => `${year}-${month}-${day}${t}${h}:${m}:${s}${part}${z}`);
  fc.assert(
    fc.property(fc.oneof(nearly, anyText, fc.anything()), (value) => {
      const time = parseTimestamp(value);
      if (Number.isNaN(time)) return;
      const written = formatTimestamp(time);
      assert.match(written, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(parseTimestamp(written), Math.floor(time / 1000) * 1000);
    }),
    runs(4_000, 5_000),
  );
});

test("printable text is one line without anything invisible, and not longer than allowed", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 400 }), (text, max) => {
      const shown = printable(text, max);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      assert.ok(shown.length <= max);
    }),
    runs(1_500, 5_000),
  );
});

test("masking finds no text on which it would run for minutes", FUZZ_TIMEOUT, () => {
  const part = fc.oneof(anyText, fc.constantFrom('"token', "a://", "Abc/", "AKIA", "?"));
  const long = fc
    .tuple(part, fc.integer({ min: 1, max: 1e5 }))
    .map(([text, times]) => text.repeat(Math.min(times, Math.ceil(1e6 / (text.length + 1)))));
  fc.assert(
    fc.property(long, (text) => void maskedText(text)),
    runs(100, 5_000),
  );
});

test("a credential_process that init would write is read back as its parts", () => {
  const path = fc.oneof(
    fc.constantFrom("sso-cred", "/opt/my tools/sso-cred", "C:\\Program Files\\sso-cred.exe"),
    lines.map((text) => `/${text}/sso-cred`),
  );
  const name = fc.oneof(anyText, fc.constantFrom("corp", "my sso", "init", "a&b", "it's"));
  fc.assert(
    fc.property(path, name, name, (command, session, roleName) => {
      const accountId = "123456789011";
      for (const platform of ["linux", "win32"] as const) {
        const value = orRefused(() => commandLine(command, { session, accountId, roleName }, platform));
        const found = value === undefined ? undefined : readOurCommand(value);
        // checkCommand rejects a command of another name.
        if (found?.command !== command) continue;
        assert.deepEqual(found, { command, session, accountId, roleName });
      }
    }),
    runs(2_000, 5_000),
  );
});

test("paths with variables and tildes expand to a path, and never to a property of a prototype", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom<NodeJS.Platform>("linux", "win32"), (text, platform) => {
      const env = { HOME: "/h", USERPROFILE: "C:\\h" };
      assert.equal(typeof expandPath(text, { env, platform }), "string");
      assert.ok(!expandPath(`$constructor/${text}`, { env: {}, platform: "linux" }).startsWith("function"));
    }),
    runs(1_000),
  );
  assertUnpolluted();
});

test("a name in `run: …` is one word for sh, and the same name", FUZZ_TIMEOUT, () => {
  // A name takes one line of the config.
  const name = fc
    .oneof(anyText, fc.string({ unit: "grapheme-ascii" }))
    .map((text) => text.replace(/[\0\r\n]/g, ""));
  const names = fc.array(
    name.filter((text) => text.isWellFormed()),
    { minLength: 1, maxLength: 40 },
  );
  fc.assert(
    fc.property(names, (all) => {
      const script = `printf '%s\\0' ${all.map(shellWord).join(" ")}`;
      const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", cwd: "/" });
      expect(printed.split("\0").slice(0, -1)).toEqual(all);
    }),
    runs(30, 5_000),
  );
});
