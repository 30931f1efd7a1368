import { afterAll, beforeAll, test } from "vitest";
import { anyBytes, FUZZ_TIMEOUT, fc, mistypedFields, runs, spoiled } from "../../support/fuzzing.ts";
import { type Home, makeHome, sessionSection } from "../../support/home.ts";
import {
  COMMANDS,
  commandHolds,
  goodFiles,
  goodInventory,
  INVENTORY_FILE,
  inventoryHolds,
  layFiles,
  lonelyCaller,
  mainJobHolds,
  ROLE_FILE,
  roleFileHolds,
} from "./properties/homeFiles.ts";
import { assertUnpolluted } from "./properties/outcome.ts";

const NOW = Date.now();
const FILES = goodFiles(NOW);
const PATHS = Object.keys(FILES);

let home: Home;
beforeAll(async () => {
  home = await makeHome({ config: sessionSection("corp") });
});
afterAll(() => home.remove());

const content = (path: string) => {
  const good = FILES[path] as Record<string, unknown>;
  return fc.oneof(
    { arbitrary: mistypedFields(good).map((text) => Buffer.from(text)), weight: 4 },
    { arbitrary: spoiled(fc.constant(JSON.stringify(good))), weight: 2 },
    anyBytes,
  );
};

/** Some of the files, each one valid, with wrong types, damaged, or something else. */
const disk = fc.record(Object.fromEntries(PATHS.map((path) => [path, content(path)])), { requiredKeys: [] });

test(
  "whatever the caches and our own files hold, the main job prints valid credentials or one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const mode = fc.constantFrom("never", "device", "browser");
    await fc.assert(
      fc.asyncProperty(disk, mode, async (files, login) => {
        layFiles(home, files);
        await mainJobHolds(lonelyCaller(home, NOW, login));
      }),
      runs(120, 6_000),
    );
    assertUnpolluted();
  },
);

test.each(COMMANDS)(
  "whatever the caches and our own files hold, %s ends with %j",
  FUZZ_TIMEOUT,
  async (command, codes) => {
    await fc.assert(
      fc.asyncProperty(disk, async (files) => {
        layFiles(home, files);
        await commandHolds(command, codes, lonelyCaller(home, NOW, "never"));
      }),
      runs(25, 5_000),
    );
    assertUnpolluted();
  },
);

test("whatever a file of role credentials holds, only texts of the same account are read from it", () => {
  fc.assert(fc.property(content(ROLE_FILE), roleFileHolds), runs(800, 5_000));
});

test("whatever a remembered listing holds, it gives accounts and roles or nothing", () => {
  const good = goodInventory(NOW);
  const bytes = fc.oneof(
    mistypedFields(good).map((text) => Buffer.from(text)),
    spoiled(fc.constant(JSON.stringify(good))),
  );
  fc.assert(
    fc.property(bytes, (text) => {
      layFiles(home, { [INVENTORY_FILE]: text });
      inventoryHolds(lonelyCaller(home, NOW, "never"));
    }),
    runs(200, 5_000),
  );
  assertUnpolluted();
});
