import assert from "node:assert/strict";
import { readOurCommand } from "../../../../src/config/ourCommand.ts";
import { isKind } from "../../../../src/errors.ts";
import { formatTimestamp, parseTimestamp } from "../../../../src/hit/expiry.ts";
import { expandPath } from "../../../../src/hit/paths.ts";
import { proxyFor } from "../../../../src/http/proxy.ts";
import { unavailableFacts } from "../../../../src/http/serviceUnavailable.ts";
import { classifyResponse } from "../../../../src/identityCenter/classifyResponse.ts";
import { resolveStartUrl } from "../../../../src/identityCenter/startUrl.ts";
import { commandLine } from "../../../../src/init/plan/command.ts";
import { browserCommands } from "../../../../src/platform/browser.ts";
import { webUrl } from "../../../../src/signIn/worker/signIn.ts";
import { splitCommandLine, splitQuoted } from "../../../../src/text/commandWords.ts";
import { printable } from "../../../../src/text/printable.ts";

/** A command line splits into words that are together no longer than the line. */
export function splitsIntoWords(line: string): void {
  const words = splitCommandLine(line);
  assert.ok(words.join("").length <= line.length);
  splitQuoted(line);
  readOurCommand(line);
}

/** The URL stays one word, whatever BROWSER holds. */
export function browserGetsTheUrl(BROWSER: string): void {
  const url = "https://example.com/authorize?a=1&b=2";
  for (const platform of ["linux", "win32"] as const) {
    for (const words of browserCommands(url, { env: { BROWSER, DISPLAY: ":0" }, platform })) {
      assert.ok(words.some((word) => word.includes(url)));
    }
  }
}

/** A valid time is written in the one form that every SDK reads. */
export function timeIsCanonical(value: unknown): void {
  const time = parseTimestamp(value);
  if (Number.isNaN(time)) return;
  const written = formatTimestamp(time);
  assert.match(written, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.equal(parseTimestamp(written), Math.floor(time / 1000) * 1000);
}

/** Retry-After and Date of a 429 give a pause or none, never an invalid number. */
export function retryAfterIsAPause(retryAfter: string, date: string): void {
  const answer = { status: 429, headers: { "retry-after": retryAfter, date }, body: Buffer.from("{}") };
  assert.throws(
    () => classifyResponse(answer, "host", "portal"),
    (error) => {
      const ms = unavailableFacts(error)?.retryAfterMs;
      assert.ok(isKind(error, "unavailable") && (ms === undefined || (ms >= 0 && Number.isFinite(ms))));
      return true;
    },
  );
}

/** Printable text is one line without invisible characters, and not longer than allowed. */
export function printsClean(text: string, max: number): void {
  const shown = printable(text, max);
  assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  assert.ok(shown.length <= max);
}

/** Paths with variables and tildes expand, but never to properties of a prototype. */
export function pathExpands(text: string, platform: NodeJS.Platform): void {
  const env = { HOME: "/h", USERPROFILE: "C:\\h" };
  assert.equal(typeof expandPath(text, { env, platform }), "string");
  assert.ok(!expandPath(`$constructor/${text}`, { env: {}, platform: "linux" }).startsWith("function"));
}

/** A proxy variable gives a host and a port, or a config error that does not show its value. */
export function proxyIsKnown(https_proxy: string, no_proxy: string): void {
  const proxy = orRefused(() => proxyFor(new URL("https://a.example/"), { https_proxy, no_proxy }));
  if (!proxy) return;
  assert.notEqual(proxy.host, "");
  assert.ok(proxy.port > 0 && proxy.port < 65_536);
}

/** A company's start URL leads to https at AWS, or is an error. */
export async function startUrlLeadsToAws(startUrl: string, location: string): Promise<void> {
  if (!URL.canParse(startUrl)) return;
  const request = async () => ({ status: 302, location });
  const asked = { startUrl, region: "eu-west-1" };
  const resolved = await resolveStartUrl(asked, request).catch((error) => {
    if (isKind(error, "config", "unavailable")) return asked;
    throw error;
  });
  if (resolved.startUrl === startUrl) return;
  const { protocol, hostname, username } = new URL(resolved.startUrl);
  assert.deepEqual([protocol, username], ["https:", ""]);
  assert.match(
    hostname,
    /(^|\.)(aws|amazonaws\.(com|com\.cn|eu)|awsapps\.(com|cn)|amazonwebservices\.(com\.cn|eu))\.?$/,
  );
  assert.match(resolved.region, /^[a-z0-9-]+$/);
}

/** A page to open is http or https, with printable characters only. */
export function pageIsWeb(text: string): void {
  const url = orRefused(() => webUrl(text));
  if (url !== undefined) assert.match(url, /^https?:\/\/[!-~]+$/);
}

/** A `credential_process` that init would write is read back as its parts. */
export function commandIsReadBack(command: string, session: string, roleName: string): void {
  const accountId = "123456789011";
  for (const platform of ["linux", "win32"] as const) {
    const value = orRefused(() => commandLine(command, { session, accountId, roleName }, platform));
    const found = value === undefined ? undefined : readOurCommand(value);
    // checkCommand rejects a command of another name.
    if (found?.command !== command) continue;
    assert.deepEqual(found, { command, session, accountId, roleName });
  }
}

function orRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isKind(error, "config", "unavailable")) return undefined;
    throw error;
  }
}
