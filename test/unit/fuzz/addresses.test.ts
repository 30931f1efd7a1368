import assert from "node:assert/strict";
import { test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { proxyFor } from "../../../src/http/proxy.ts";
import { unavailableFacts } from "../../../src/http/serviceUnavailable.ts";
import { classifyResponse } from "../../../src/identityCenter/classifyResponse.ts";
import { resolveStartUrl } from "../../../src/identityCenter/startUrl.ts";
import { webUrl } from "../../../src/signIn/worker/signIn.ts";
import { anyText, fc, runs } from "../../support/fuzzing.ts";
import { orRefused } from "./properties/outcome.ts";

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
  fc.assert(
    fc.property(address, (text) => {
      const url = orRefused(() => webUrl(text));
      if (url !== undefined) assert.match(url, /^https?:\/\/[!-~]+$/);
    }),
    runs(2_000, 5_000),
  );
});

test("a start URL leads to https at AWS, or is an error", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constant("https://sso.example.com"), address),
      address,
      async (startUrl, location) => {
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
      },
    ),
    runs(2_000, 5_000),
  );
});

test("a proxy variable gives a host and a port, or a config error", () => {
  const noProxy = fc.oneof(anyText, fc.constantFrom("", "*", "a.example", ".example:443", "10.0.0.0/8"));
  fc.assert(
    fc.property(address, noProxy, (https_proxy, no_proxy) => {
      const proxy = orRefused(() => proxyFor(new URL("https://a.example/"), { https_proxy, no_proxy }));
      if (!proxy) return;
      assert.notEqual(proxy.host, "");
      assert.ok(proxy.port > 0 && proxy.port < 65_536);
    }),
    runs(2_000, 5_000),
  );
});

test("Retry-After and Date give a pause or none, never an invalid number", () => {
  const when = fc.oneof(
    anyText,
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(when, when, (retryAfter, date) => {
      const answer = { status: 429, headers: { "retry-after": retryAfter, date }, body: Buffer.from("{}") };
      assert.throws(
        () => classifyResponse(answer, "host", "portal"),
        (error) => {
          const ms = unavailableFacts(error)?.retryAfterMs;
          assert.ok(isKind(error, "unavailable") && (ms === undefined || (ms >= 0 && Number.isFinite(ms))));
          return true;
        },
      );
    }),
    runs(2_000, 5_000),
  );
});
