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
import { processState } from "../../../src/platform/processIdentity.ts";
import { backoffUntil } from "../../../src/signIn/backoff.ts";
import { isJoinable, readPendingLogin } from "../../../src/signIn/pendingLogin.ts";
import type { FakeSystem } from "../../../test/support/fakeSystem.ts";
import { makeHome } from "../../../test/support/home.ts";
import { ssoSession } from "../../../test/support/sessions.ts";
import {
  ACCOUNT,
  goodFiles,
  goodInventory,
  INVENTORY_FILE,
  inventoryHolds,
  lonelyCaller,
  roleFileHolds,
} from "../../../test/unit/fuzz/properties/homeFiles.ts";
import type { FuzzTarget } from "../target.ts";

const NOW = Date.now();
const FILES = { ...goodFiles(NOW), [INVENTORY_FILE]: goodInventory(NOW) };
const PATHS = Object.keys(FILES);
const SESSION = ssoSession();

/** Each reader of a cache or state file by itself: faster than whole runs, and stricter about what it gives. */
export const target: FuzzTarget = {
  parts: ["which file: a byte", "its content"],
  seeds: Object.values(FILES).flatMap((file, which) => {
    const good = Buffer.from(JSON.stringify(file));
    return [
      [Buffer.of(which), good],
      [Buffer.of(which), Buffer.concat([good, good.subarray(-30)])],
    ];
  }),
  batch: 40,
  async open() {
    const home = await makeHome();
    const system = lonelyCaller(home, NOW, "never");
    for (const path of PATHS) mkdirSync(join(home.path, dirname(path)), { recursive: true });
    return {
      run([which, bytes = Buffer.of()]) {
        const name = PATHS[(which?.[0] ?? 0) % PATHS.length] ?? "";
        const path = join(home.path, name);
        writeFileSync(path, bytes);
        if (readJsonObject(path) === undefined) assert.ok(!isObject(bytes), "a whole object was not read");
        READERS.find(([folder]) => name.startsWith(folder))?.[1](path, bytes, system);
      },
      close: () => home.remove(),
    };
  },
};

type Check = (path: string, bytes: Buffer, system: FakeSystem) => void;

/** By the beginning of the path. */
const READERS: readonly (readonly [folder: string, check: Check])[] = [
  [
    ".aws/sso/cache/",
    (_path, _bytes, system) => {
      for (const grant of ["authorization_code", "device_code"] as const) {
        assertTexts(readRegistration(SESSION, grant, system) ?? {}, ["expiresAt"]);
      }
      const token = readToken(SESSION, system);
      if (!token) return;
      const { file, ...known } = token;
      assertTexts(known, ["expiresAt", "registrationExpiresAt"]);
      // What is kept of other tools' fields is written as JSON again.
      assert.equal(JSON.parse(tokenFileText(SESSION, known, file)).accessToken, known.accessToken);
    },
  ],
  [
    ".aws/cli/cache/",
    (_path, bytes, system) => {
      const role = { session: SESSION, accountId: ACCOUNT, roleName: "ReadOnly" };
      assertTexts(readRoleCredentials(role, system) ?? {}, ["expiration"]);
      roleFileHolds(bytes);
    },
  ],
  [
    ".aws/sso-cred/logins/",
    (_path, _bytes, system) => {
      const login = readPendingLogin(SESSION, system);
      if (!login) return;
      assert.match(login.id, /^[0-9a-f]{16}$/);
      isJoinable(login, SESSION, system);
    },
  ],
  [
    ".aws/sso-cred/attempts/",
    (path, _bytes, system) => {
      const attempt = attemptSince(path, 0, system);
      assert.ok(attempt === undefined || attempt.at <= NOW);
      if (attempt?.failure) assert.ok(Object.hasOwn(EXIT_CODE, attempt.failure.kind));
    },
  ],
  [
    ".aws/sso-cred/backoff/",
    (_path, _bytes, system) => assert.match(typeof backoffUntil(SESSION, system), /^(number|undefined)$/),
  ],
  [
    ".aws/sso-cred/locks/",
    (path) => {
      const holder = readIdentity(readStateFile(path));
      if (holder) processState(holder);
    },
  ],
  [".aws/sso-cred/inventory-", (_path, _bytes, system) => inventoryHolds(system)],
];

function isObject(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Every field is text, but for times. */
function assertTexts(fields: object, times: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (times.includes(name)) assert.ok(Number.isSafeInteger(value), name);
    else assert.equal(typeof value, "string", name);
  }
}
