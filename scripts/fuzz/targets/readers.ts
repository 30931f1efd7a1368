import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { attemptSince } from "../../../src/cache/attempts.ts";
import { readJsonObject } from "../../../src/cache/jsonFile.ts";
import { readRegistration } from "../../../src/cache/registrationCache.ts";
import { readRoleCredentials } from "../../../src/cache/roleCredentialsCache.ts";
import { readIdentity, readStateFile } from "../../../src/cache/stateFile.ts";
import { readToken, tokenFileText } from "../../../src/cache/tokenCache.ts";
import { EXIT_CODE } from "../../../src/errors.ts";
import { isJoinable, readPendingLogin } from "../../../src/login/pendingLogin.ts";
import { silentUntil } from "../../../src/login/silence.ts";
import { processState } from "../../../src/system/processIdentity.ts";
import { makeHome } from "../../../test/support/home.ts";
import { ssoSession } from "../../../test/support/sessions.ts";
import {
  ACCOUNT,
  goodFiles,
  goodInventory,
  INVENTORY_FILE,
  inventoryHolds,
  lonelyCaller,
  ROLE_FILE,
  roleFileHolds,
} from "../../../test/unit/fuzz/properties/homeFiles.ts";
import type { FuzzTarget } from "../target.ts";

const NOW = Date.now();
const FILES = { ...goodFiles(NOW), [INVENTORY_FILE]: goodInventory(NOW) };
const PATHS = Object.keys(FILES);
const SEED = Object.values(FILES).map((file) => Buffer.from(JSON.stringify(file)));

/** Each reader of a cache or state file by itself: faster than whole runs, and stricter about what it gives. */
export const target: FuzzTarget = {
  parts: PATHS,
  seeds: [SEED, SEED.map((good) => Buffer.concat([good, good.subarray(-30)]))],
  batch: 40,
  async open() {
    const home = await makeHome();
    const system = lonelyCaller(home, NOW, "never");
    const session = ssoSession();
    for (const path of PATHS) mkdirSync(join(home.path, dirname(path)), { recursive: true });
    const written = new Map<string, Buffer>();
    return {
      run(contents) {
        for (const [at, path] of PATHS.entries()) {
          const bytes = contents[at] ?? Buffer.of();
          if (written.get(path)?.equals(bytes)) continue;
          writeFileSync(join(home.path, path), bytes);
          written.set(path, bytes);
          readerOfAll(join(home.path, path), bytes);
        }
        const token = readToken(session, system);
        if (token) {
          const { file, ...known } = token;
          texts(known, ["expiresAt", "registrationExpiresAt"]);
          // What is kept of other tools' fields is written as JSON again.
          assert.equal(JSON.parse(tokenFileText(session, known, file)).accessToken, known.accessToken);
        }
        for (const grant of ["authorization_code", "device_code"] as const) {
          texts(readRegistration(session, grant, system) ?? {}, ["expiresAt"]);
        }
        texts(readRoleCredentials({ session, accountId: ACCOUNT, roleName: "ReadOnly" }, system) ?? {}, [
          "expiration",
        ]);
        roleFileHolds(contents[PATHS.indexOf(ROLE_FILE)] ?? Buffer.of());
        inventoryHolds(system);
        const login = readPendingLogin(session, system);
        if (login) {
          assert.match(login.id, /^[0-9a-f]{16}$/);
          isJoinable(login, session, system);
        }
        const until = silentUntil(session, system);
        assert.ok(until === undefined || typeof until === "number");
      },
      close: () => home.remove(),
    };

    function readerOfAll(path: string, bytes: Buffer): void {
      const object = readJsonObject(path);
      if (object === undefined) assert.ok(!isObject(bytes), "a whole object was not read");
      const state = readStateFile(path);
      const holder = readIdentity(state);
      if (holder) processState(holder);
      const attempt = attemptSince(path, 0, system);
      if (attempt === undefined) return;
      assert.ok(attempt.at <= NOW);
      if (attempt.failure) assert.ok(Object.hasOwn(EXIT_CODE, attempt.failure.kind));
    }
  },
};

function isObject(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Every field is text that is not empty, but for times. */
function texts(fields: object, times: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (times.includes(name)) assert.ok(Number.isSafeInteger(value), name);
    else assert.equal(typeof value, "string", name);
  }
}
