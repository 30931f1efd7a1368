import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readOurCommand, splitCommandLine, splitQuoted } from "../../../src/config/commandLine.ts";
import { shellWord } from "../../../src/config/session.ts";
import { formatTimestamp, parseTimestamp } from "../../../src/expiry.ts";
import { expandPath } from "../../../src/paths.ts";
import { maskedText } from "../../../src/redact.ts";
import { browserCommands } from "../../../src/system/browser.ts";
import { printable } from "../../../src/text.ts";
import { anyText, expectUnpolluted, FUZZ_TIMEOUT, runs } from "./fuzzing.ts";

const lines = fc.oneof(
  anyText,
  fc
    .array(
      fc.oneof(anyText, fc.constantFrom(" ", '"', "'", "\\", "C:\\", "\\\\", "--account-id", "sso-cred")),
    )
    .map((parts) => parts.join("")),
);

test("any command line splits into words that together are no longer than it", () => {
  fc.assert(
    fc.property(lines, (line) => {
      const words = splitCommandLine(line);
      expect(words.join("").length).toBeLessThanOrEqual(line.length);
      splitQuoted(line);
      readOurCommand(line);
    }),
    runs(1_500, 5_000),
  );
});

test("the URL stays one word of its own, whatever BROWSER holds", () => {
  const url = "https://example.com/authorize?a=1&b=2";
  fc.assert(
    fc.property(lines, (BROWSER) => {
      for (const words of browserCommands(url, { env: { BROWSER, DISPLAY: ":0" }, platform: "linux" })) {
        expect(words.some((word) => word.includes(url))).toBe(true);
      }
    }),
    runs(1_000, 5_000),
  );
});

test("what reads as a time is written again in the one form that every SDK reads", () => {
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
      expect(written).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(parseTimestamp(written)).toBe(Math.floor(time / 1000) * 1000);
    }),
    runs(4_000, 5_000),
  );
});

test("printable text is one line without anything invisible, and not longer than allowed", () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 400 }), (text, max) => {
      const shown = printable(text, max);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(shown.length).toBeLessThanOrEqual(max);
    }),
    runs(1_500, 5_000),
  );
});

test("masking ends, and quickly, on any text", FUZZ_TIMEOUT, () => {
  const part = fc.oneof(anyText, fc.constantFrom('"token', "a://", "Abc/", "AKIA", "?"));
  const long = fc
    .tuple(part, fc.integer({ min: 1, max: 1e5 }))
    .map(([text, times]) => text.repeat(Math.min(times, Math.ceil(1e6 / (text.length + 1)))));
  fc.assert(
    fc.property(long, (text) => {
      const began = performance.now();
      maskedText(text);
      // Not a speed limit: a pattern that backtracks takes minutes here.
      expect(performance.now() - began).toBeLessThan(5_000);
    }),
    runs(100, 5_000),
  );
});

test("paths with variables and tildes expand to something, and to nothing of a prototype", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom<NodeJS.Platform>("linux", "win32"), (text, platform) => {
      expect(typeof expandPath(text, { HOME: "/h", USERPROFILE: "C:\\h" }, platform)).toBe("string");
      expect(expandPath(`$constructor/${text}`, {}, "linux").startsWith("function")).toBe(false);
    }),
    runs(1_000),
  );
  expectUnpolluted();
});

test("a name in `run: …` is one word for sh, and the same name", FUZZ_TIMEOUT, () => {
  // A name is one line of the config.
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
