import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { loadConfig } from "../../../src/config/configFile.ts";
import { configuredSessions } from "../../../src/config/configuredSessions.ts";
import { resolveProfile, resolveRole, rolePairs } from "../../../src/config/profile.ts";
import { onlySession, resolveSession } from "../../../src/config/session.ts";
import { SsoCredError } from "../../../src/errors.ts";
import type { SsoSession } from "../../../src/model.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { anyBytes, anyText, FUZZ_TIMEOUT, fc, oddWord, runs, spoiled } from "../../support/fuzzing.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { assertUnpolluted } from "./properties/outcome.ts";

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

test(
  "whatever the config and the credentials file hold, they give sessions, profiles or a config error",
  FUZZ_TIMEOUT,
  () => {
    fc.assert(
      fc.property(file, fc.oneof(file, fc.constant(Buffer.of())), name, configReading()),
      runs(800, 6_000),
    );
    assertUnpolluted();
  },
);

/** Reads any config and credentials file, in all ways in which the program does. */
function configReading() {
  const home = temporaryFolder();
  mkdirSync(join(home, ".aws"));
  const system = fakeSystem({ env: { HOME: home } });

  return (config: Uint8Array, credentials: Uint8Array, asked: string): void => {
    writeFileSync(join(home, ".aws/config"), config);
    writeFileSync(join(home, ".aws/credentials"), credentials);
    const loaded = attempt(() => loadConfig(system, { credentials: true }));
    if (!loaded) return;
    const found = configuredSessions(loaded, system).flatMap(({ resolve }) => attempt(resolve) ?? []);
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
      assertSafe(session);
      rolePairs(loaded, session);
    }
  };
}

/** A value, or an error that a person can act on, in one clean line. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SsoCredError)) throw error;
    assert.ok(["config", "usage"].includes(error.kind), `${error.kind}: ${error.message}`);
    assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    return undefined;
  }
}

function assertSafe({ region, startUrl, endpoints }: SsoSession): void {
  assert.match(region, /^[a-z0-9-]+$/);
  assert.ok(URL.canParse(startUrl), startUrl);
  for (const url of [endpoints.ssoUrl, endpoints.oidcUrl]) {
    if (url === undefined) continue;
    const { protocol, hostname, username, password } = new URL(url);
    assert.ok(protocol === "https:" || isThisMachine(hostname), url);
    assert.equal(username + password, "");
  }
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
