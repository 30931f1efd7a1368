import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../../../src/config/configFile.ts";
import { configuredSessions } from "../../../../src/config/configuredSessions.ts";
import { resolveProfile, resolveRole, rolePairs } from "../../../../src/config/profile.ts";
import { onlySession, resolveSession } from "../../../../src/config/session.ts";
import { SsoCredError } from "../../../../src/errors.ts";
import type { SsoSession } from "../../../../src/model.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

/** Any config and credentials file give sessions, profiles or a config error. */
export function configReading() {
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
