import { makeHome, sessionSection } from "../../../test/support/home.ts";
import {
  COMMANDS,
  commandHolds,
  goodFiles,
  layFiles,
  lonelyCaller,
  mainJobHolds,
} from "../../../test/unit/fuzz/properties/homeFiles.ts";
import type { FuzzTarget, Input } from "../target.ts";

const NOW = Date.now();
const FILES = goodFiles(NOW);
const PATHS = Object.keys(FILES);
const GOOD = PATHS.map((path) => Buffer.from(JSON.stringify(FILES[path])));
const LOGINS = ["never", "device", "browser"];

const withFiles = (mode: number, isThere: (path: string) => boolean): Input => [
  Buffer.of(mode),
  ...PATHS.map((path, at) => (isThere(path) ? (GOOD[at] ?? Buffer.of()) : Buffer.of())),
];

/** Whole runs over caches and state files that hold anything: the main job, and the commands for people. */
export const target: FuzzTarget = {
  parts: ["who runs: a byte", ...PATHS],
  seeds: [0, 1, 2, 3, 4, 5, 6, 7].flatMap((mode) => [
    withFiles(mode, () => true),
    withFiles(mode, () => false),
    withFiles(mode, (path) => path.includes("/logins/") || path.includes("/sso/cache/")),
    withFiles(mode, (path) => path.includes("/locks/")),
  ]),
  batch: 10,
  async open() {
    const home = await makeHome({ config: sessionSection("corp") });
    return {
      async run([mode, ...contents]) {
        // An empty file is as good as none, and faster to make.
        const files = PATHS.map(
          (path, at) => [path, contents[at]?.length ? contents[at] : undefined] as const,
        );
        layFiles(home, Object.fromEntries(files));
        const which = (mode?.[0] ?? 0) % (LOGINS.length + COMMANDS.length);
        const [command, codes] = COMMANDS[which - LOGINS.length] ?? [];
        if (command && codes) await commandHolds(command, codes, lonelyCaller(home, NOW, "never"));
        else await mainJobHolds(lonelyCaller(home, NOW, LOGINS[which] ?? "never"));
      },
      close: () => home.remove(),
    };
  },
};
