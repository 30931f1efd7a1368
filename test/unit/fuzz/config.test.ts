import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { configuredSessions } from "../../../src/commands/cachedSessions.ts";
import { loadConfig } from "../../../src/config/configFile.ts";
import { resolveProfile, resolveRole, rolePairs } from "../../../src/config/profile.ts";
import { onlySession, resolveSession } from "../../../src/config/session.ts";
import { SsoCredError } from "../../../src/errors.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { anyBytes, anyText, expectUnpolluted, FUZZ_TIMEOUT, oddWord, runs, spoiled } from "./fuzzing.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "sso-cred-fuzz-"));
  mkdirSync(join(home, ".aws"));
});
afterAll(() => rmSync(home, { recursive: true }));

const name = fc.oneof(fc.constantFrom("corp", "dev", "default", "s"), oddWord);
const header = fc
  .tuple(fc.constantFrom("profile", "sso-session", "services", "", "DEFAULT", "default"), name)
  .map(([kind, text]) => `[${kind} ${text}]`);
const key = fc.oneof(
  fc.constantFrom(
    "sso_start_url",
    "sso_region",
    "sso_registration_scopes",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_cred_login",
    "credential_process",
    "endpoint_url",
    "services",
    "sso_oidc",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ignore_configured_endpoint_urls",
    "ca_bundle",
  ),
  oddWord,
);
const value = fc.oneof(
  fc.constantFrom(
    "https://d-1234567890.awsapps.com/start",
    "eu-west-1",
    "http://127.0.0.1:1",
    "http://evil.example",
    "https://user:secret@evil.example",
    "https://\u001b[31m.example/\u0007",
    "javascript:alert(1)",
    "123456789011",
    "ReadOnly",
    "true",
    "never",
    "corp",
    "sso-cred corp --account-id 123456789011 --role-name 'A B'",
    "~/$HOME/$constructor",
  ),
  anyText,
);
const line = fc.oneof(
  header,
  fc
    .tuple(fc.constantFrom("", "  "), key, fc.constantFrom(" = ", ":", "="), value)
    .map((parts) => parts.join("")),
  anyText,
);
const text = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([all, end]) => all.join(end));
const file = fc.oneof({ arbitrary: spoiled(text), weight: 4 }, anyBytes);

/** A value, or an error that a person can act on, in one clean line. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SsoCredError)) throw error;
    expect(["config", "usage"]).toContain(error.kind);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    return undefined;
  }
}

test(
  "whatever the config and the credentials file hold, they give sessions, profiles or a config error",
  FUZZ_TIMEOUT,
  () => {
    const system = fakeSystem({ env: { HOME: home } });
    fc.assert(
      fc.property(file, fc.oneof(file, fc.constant(Buffer.of())), name, (config, credentials, asked) => {
        writeFileSync(join(home, ".aws/config"), config);
        writeFileSync(join(home, ".aws/credentials"), credentials);
        const loaded = attempt(() => loadConfig(system, { credentials: true }));
        if (!loaded) return;
        const found = attempt(() => configuredSessions(loaded, system)) ?? [];
        attempt(() => onlySession(loaded));
        for (const profile of [...loaded.profileNames().slice(0, 5), asked]) {
          const target = attempt(() => resolveProfile(loaded, profile, system));
          if (target) found.push(target.session);
          attempt(() => resolveRole(loaded, profile, system));
        }
        for (const session of [...loaded.sessionNames().slice(0, 5), asked]) {
          const resolved = attempt(() => resolveSession(loaded, session, system));
          if (resolved) found.push(resolved);
        }
        for (const session of found) {
          expect(session.region).toMatch(/^[a-z0-9-]+$/);
          expect(URL.canParse(session.startUrl)).toBe(true);
          for (const url of [session.endpoints.ssoUrl, session.endpoints.oidcUrl]) {
            if (url === undefined) continue;
            const { protocol, hostname, username, password } = new URL(url);
            expect(protocol === "https:" || hostname === "127.0.0.1").toBe(true);
            expect(username + password).toBe("");
          }
          rolePairs(loaded, session);
        }
      }),
      runs(800, 6_000),
    );
    expectUnpolluted();
  },
);
