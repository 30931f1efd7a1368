import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "../../../src/text/commandWords.ts";
import { maskedText } from "../../../src/text/redact.ts";
import { anyText, FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { assertUnpolluted } from "./properties/outcome.ts";
import {
  browserGetsTheUrl,
  commandIsReadBack,
  pageIsWeb,
  pathExpands,
  printsClean,
  proxyIsKnown,
  retryAfterIsAPause,
  splitsIntoWords,
  startUrlLeadsToAws,
  timeIsCanonical,
} from "./properties/texts.ts";

const lines = fc.oneof(
  anyText,
  fc
    .array(
      fc.oneof(anyText, fc.constantFrom(" ", '"', "'", "\\", "C:\\", "\\\\", "--account-id", "sso-cred")),
    )
    .map((parts) => parts.join("")),
);

test("any command line splits into words that together are not longer", () => {
  fc.assert(fc.property(lines, splitsIntoWords), runs(1_500, 5_000));
});

test("the URL stays one word of its own, whatever BROWSER holds", () => {
  fc.assert(fc.property(lines, browserGetsTheUrl), runs(1_000, 5_000));
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
  fc.assert(fc.property(fc.oneof(nearly, anyText, fc.anything()), timeIsCanonical), runs(4_000, 5_000));
});

test("printable text is one line without anything invisible, and not longer than allowed", () => {
  fc.assert(fc.property(anyText, fc.integer({ min: 1, max: 400 }), printsClean), runs(1_500, 5_000));
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

/** A URL, and what is nearly one. */
const address = fc.oneof(
  anyText,
  fc
    .tuple(
      fc.constantFrom("https://", "http://", "HTTPS:\\\\", "//", "/", "javascript:", "user:pw@", ""),
      fc.constantFrom(
        "corp.awsapps.com",
        "d-1234567890.awsapps.com",
        "evil.example",
        "awsapps.com.evil.example",
      ),
      fc.constantFrom("", ":443", ":0", ":99999", "@evil.example", "\\@evil.example", "#@"),
      fc.oneof(
        fc.constantFrom("/start", "/start#/", "?region=eu-west-1", "/?workflowResultHandle=x"),
        anyText,
      ),
    )
    .map((parts) => parts.join("")),
);

test("a page that may be opened is http or https, with printable characters only", () => {
  fc.assert(fc.property(address, pageIsWeb), runs(2_000, 5_000));
});

test("a start URL leads to https at AWS, or is an error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constant("https://sso.example.com"), address), address, startUrlLeadsToAws),
    runs(2_000, 5_000),
  );
});

test("a proxy variable gives a host and a port, or a config error", () => {
  const noProxy = fc.oneof(anyText, fc.constantFrom("", "*", "a.example", ".example:443", "10.0.0.0/8"));
  fc.assert(fc.property(address, noProxy, proxyIsKnown), runs(2_000, 5_000));
});

test("Retry-After and Date give a pause or none, never an invalid number", () => {
  const when = fc.oneof(
    anyText,
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(fc.property(when, when, retryAfterIsAPause), runs(2_000, 5_000));
});

test("a credential_process that init would write is read back as its parts", () => {
  const path = fc.oneof(
    fc.constantFrom("sso-cred", "/opt/my tools/sso-cred", "C:\\Program Files\\sso-cred.exe"),
    lines.map((text) => `/${text}/sso-cred`),
  );
  const name = fc.oneof(anyText, fc.constantFrom("corp", "my sso", "init", "a&b", "it's"));
  fc.assert(fc.property(path, name, name, commandIsReadBack), runs(2_000, 5_000));
});

test("paths with variables and tildes expand to a path, and never to a property of a prototype", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom<NodeJS.Platform>("linux", "win32"), pathExpands),
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
