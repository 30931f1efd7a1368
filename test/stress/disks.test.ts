import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolePath, sessionSection, tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { canMount, moveToSmallDisk, unmount } from "../support/smallDisk.ts";
import { type Ending, judge, PROMPT_MS } from "./cases.ts";
import { cacheSnapshot } from "./leftovers.ts";
import type { Expect, Figures } from "./report.ts";
import { ACCOUNT, jsonIn, MAIN_JOB, onStage, ROLE, SESSION, type Stage } from "./stage.ts";
import { defineSuite, type SuiteContext } from "./suite.ts";

/** What is cached when the disk fails, and how the main job must end then. */
const HOLDINGS: Record<string, (stage: Stage) => Promise<unknown>> = {
  "credentials live": async (stage) => {
    await stage.signIn(-600);
    await stage.cacheRole(1800);
  },
  "token lives": (stage) => stage.signIn(7200),
  "token has expired": (stage) => stage.signIn(-600),
  "nobody signed in": async () => {},
};

type Endings = Record<keyof typeof HOLDINGS, Ending>;

const FULL: Endings = {
  "credentials live": 0,
  "token lives": 0,
  "token has expired": { exit: 3, says: /cannot write .*ENOSPC.*so the token is not refreshed/ },
  "nobody signed in": { exit: 3, says: /cannot write .*ENOSPC.*so nobody can sign in/ },
};

const READ_ONLY: Endings = {
  "credentials live": 0,
  "token lives": 0,
  "token has expired": { exit: 3, says: /cannot write .*(EROFS|EACCES).*so the token is not refreshed/ },
  "nobody signed in": { exit: 3, says: /cannot write .*(EROFS|EACCES).*so nobody can sign in/ },
};

/** Full and read-only disks, and folders in place of cache files. */
defineSuite({ name: "disks", title: "Broken disks", run });

async function run({ report }: SuiteContext): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const mounts = isRoot && canMount();
  if (mounts) {
    for (const [holding, ending] of Object.entries(FULL)) {
      await report.row(`disk full, ${holding}`, (expect) => onFullDisk(expect, holding, ending));
    }
    report.note("Full disk: `~/.aws` is a tmpfs of 128 KiB, filled to the last byte.");
  } else report.skip("disk full", "needs root and the right to mount");
  if (isRoot && !mounts) report.skip("read-only home", "root ignores modes, and cannot mount here");
  else {
    for (const [holding, ending] of Object.entries(READ_ONLY)) {
      await report.row(`read-only home, ${holding}`, (expect) =>
        onReadOnlyHome(expect, holding, ending, isRoot),
      );
    }
    report.note(
      isRoot
        ? "Read-only home: a bind mount with `ro` in a mount namespace of its own (root ignores modes)."
        : "Read-only home: folders without the right to write.",
    );
  }
  for (const [name, { spoil, ending, check = () => {}, tabs = 0 }] of Object.entries(PATHS)) {
    await report.row(name, (expect) =>
      onStage({}, async (stage) => {
        await spoil(stage);
        const result = await stage.call().done;
        check(stage, expect);
        return judge(expect, stage, result, ending, { mostMs: 2 * PROMPT_MS, tabs });
      }),
    );
  }
}

interface PathCase {
  spoil(stage: Stage): Promise<unknown>;
  ending: Ending;
  check?: (stage: Stage, expect: Expect) => void;
  tabs?: number;
}

const at = (stage: Stage, path: string) => join(stage.home.path, path);

const PATHS: Record<string, PathCase> = {
  "the role's cache file is a folder": {
    async spoil(stage) {
      await stage.signIn(7200);
      mkdirSync(at(stage, rolePath(SESSION, ACCOUNT, ROLE)), { recursive: true });
    },
    ending: 0,
  },
  "the token's file is a folder": {
    spoil: async (stage) => void mkdirSync(at(stage, tokenPath(SESSION)), { recursive: true }),
    ending: { exit: 3, says: /cannot write .*\.json \((EISDIR|ENOTEMPTY|EEXIST)\), so nobody can sign in/ },
  },
  "the token's file is a link to nowhere": {
    async spoil(stage) {
      mkdirSync(at(stage, ".aws/sso/cache"), { recursive: true });
      symlinkSync("missing/folder/token.json", at(stage, tokenPath(SESSION)));
    },
    ending: { exit: 3, says: /cannot write .*\(ENOENT\), so nobody can sign in/ },
  },
  "the token's file is a link to a file that is still to come": {
    async spoil(stage) {
      mkdirSync(at(stage, ".aws/sso/cache"), { recursive: true });
      symlinkSync("elsewhere.json", at(stage, tokenPath(SESSION)));
    },
    ending: 0,
    tabs: 1,
    check(stage, expect) {
      expect(lstatSync(at(stage, tokenPath(SESSION))).isSymbolicLink(), "the link is gone");
      expect(existsSync(at(stage, ".aws/sso/cache/elsewhere.json")), "the link was not followed");
    },
  },
  "~/.aws/sso is a file": {
    async spoil(stage) {
      await stage.home.write(".aws/sso", "");
    },
    ending: { exit: 3, says: /cannot write .*\((ENOTDIR|EEXIST)\), so nobody can sign in/ },
  },
  "~/.aws/cli is a file": {
    async spoil(stage) {
      await stage.signIn(7200);
      await stage.home.write(".aws/cli", "");
    },
    ending: 0,
  },
  "~/.aws/sso-cred is a file, token has expired": {
    async spoil(stage) {
      await stage.signIn(-600);
      await stage.home.write(".aws/sso-cred", "");
    },
    ending: 0,
  },
  "~/.aws/sso-cred is a file, nobody signed in": {
    spoil: (stage) => stage.home.write(".aws/sso-cred", ""),
    ending: { exit: 3, says: /cannot write .*\((ENOTDIR|EEXIST)\), so nobody can sign in/ },
  },
};

function onFullDisk(expect: Expect, holding: string, ending: Ending): Promise<Figures> {
  return onStage({}, async (stage) => {
    const folder = at(stage, ".aws");
    const disk = await moveToSmallDisk(stage.home, sessionSection(SESSION), 128);
    try {
      await HOLDINGS[holding]?.(stage);
      const before = cacheSnapshot(stage.home.path);
      disk.fill();
      const result = await stage.call().done;
      const figures = judge(expect, stage, result, ending);
      expectNothingLost(stage, before, expect);
      await rm(join(folder, "filler"));
      await expectWell(stage, holding, expect);
      return figures;
    } finally {
      unmount(folder);
    }
  });
}

function onReadOnlyHome(expect: Expect, holding: string, ending: Ending, isRoot: boolean): Promise<Figures> {
  return onStage({}, async (stage) => {
    await HOLDINGS[holding]?.(stage);
    const before = cacheSnapshot(stage.home.path);
    const { path } = stage.home;
    const script = isRoot
      ? 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"'
      : 'find "$HOME" -type d -exec chmod 500 {} + && exec "$@"';
    const command = isRoot ? ["unshare", "-m", "sh", "-c", script] : ["sh", "-c", script];
    const args = [...command.slice(1), "sh", BINARY, ...MAIN_JOB];
    const result = await start(command[0] ?? "", args, {
      home: stage.home,
      cwd: "/",
      env: { ...stage.env, PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
    }).done;
    if (!isRoot) spawnSync("find", [path, "-type", "d", "-exec", "chmod", "700", "{}", "+"]);
    const figures = judge(expect, stage, result, ending);
    expectNothingLost(stage, before, expect);
    await expectWell(stage, holding, expect);
    return figures;
  });
}

/** No file has changed, and no refresh token was spent for a token that could not be stored. */
function expectNothingLost(stage: Stage, before: ReadonlyMap<string, string>, expect: Expect): void {
  const after = cacheSnapshot(stage.home.path);
  for (const [path, text] of before) expect(after.get(path) === text, `${path} changed`);
  const token = jsonIn(at(stage, tokenPath(SESSION)));
  const known = stage.center.state.refreshTokens.get(String(token?.refreshToken));
  expect(known?.usedAt === undefined, "the refresh token was spent");
}

async function expectWell(stage: Stage, holding: string, expect: Expect): Promise<void> {
  const { code, stderr } = await stage.call().done;
  expect(code === 0, `afterwards: exit ${code}: ${stderr.trim()}`);
  const allowed = holding === "nobody signed in" ? 1 : 0;
  expect(stage.browser.opened().length <= allowed, "afterwards a tab was opened in vain");
}
