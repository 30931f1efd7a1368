import assert from "node:assert/strict";
import { readdirSync, symlinkSync, unlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { roleFile, rolePath, sessionSection } from "../support/home.ts";
import { until } from "../support/until.ts";
import type { Case } from "./case.ts";
import { profileOf, type Windows } from "./windows.ts";
import {
  ACCOUNT,
  expectDocument,
  expectFailure,
  MAIN_JOB,
  ROLE,
  SESSION,
  TOKEN_FILE,
  type World,
} from "./world.ts";

/** Shorter than the program waits for a file that another program holds. */
const MOMENT_MS = 1_200;
const ROLE_FILE = rolePath(SESSION, ACCOUNT, ROLE);
const INIT = ["init", SESSION, "--all", "--yes"];

/** Tests of files: their paths, their names, and other programs that hold them. */
export const windowsFiles: readonly Case<Windows>[] = [
  {
    title: "the home is USERPROFILE, whatever HOME says, and files are named as the AWS CLI names them",
    async act(world) {
      expectDocument(await world.mainJob({ HOME: "C:\\elsewhere" }), world);
      const folder = join(world.home.path, ".aws");
      for (const file of [TOKEN_FILE, ROLE_FILE]) assert.ok(await world.home.exists(file), file);
      assert.deepEqual(readdirSync(folder).sort(), ["cli", "config", "sso", "sso-cred"]);
    },
  },
  {
    title: "the home can be the root of a drive, the caller's own or another",
    async act(world) {
      const { home, machine } = world;
      const letter = join(machine.drive, "../dosdevices/p:");
      symlinkSync(home.path, letter);
      try {
        const env = { USERPROFILE: "P:\\" };
        for (const cwd of ["P:\\.aws", "C:\\"]) {
          expectDocument(await world.call(MAIN_JOB, { env, cwd }).done, world);
          for (const file of [TOKEN_FILE, ROLE_FILE]) assert.ok(await home.exists(file), file);
          assert.equal((await world.call(["logout"], { env, cwd }).done).code, 0);
        }
      } finally {
        unlinkSync(letter);
      }
    },
  },
  {
    title: "AWS_CONFIG_FILE=NUL is an empty config, which init does not write",
    async act(world) {
      const env = { AWS_CONFIG_FILE: "NUL", SSO_CRED_TRACE: "nul" };
      const before = await world.home.files();
      // Wine cannot say that the device exists.
      const said = /NUL(?: has no \[sso-session my-sso\]|, which AWS_CONFIG_FILE names, does not exist)/;
      expectFailure(await world.call(MAIN_JOB, { env }).done, 3, said);
      const words = [
        "init",
        SESSION,
        "--start-url",
        "https://x.awsapps.com/start",
        "--sso-region",
        "eu-west-1",
      ];
      expectFailure(await world.call([...words, "--all", "--yes"], { env }).done, 3, /is not a regular file/);
      assert.deepEqual(await world.home.files(), before);
    },
  },
  {
    title: "a config with CRLF is read, and keeps its line ends when init adds to it",
    options: { config: sessionSection(SESSION).replaceAll("\n", "\r\n") },
    async act(world) {
      await world.signIn(3600);
      expectDocument(await world.mainJob(), world);
      assert.equal((await world.call(INIT).done).code, 0);
      const config = await world.home.read(".aws/config");
      assert.match(config, /\[profile 123456789011_ReadOnly\]\r\n/);
      assert.doesNotMatch(config, /[^\r]\n/);
    },
  },
  {
    title: "the caller's folder can be removed while the sign-in is open",
    options: { browser: "ignore" },
    async act(world) {
      await mkdir(join(world.home.path, "here"));
      const here = `${profileOf(world.home)}\\here`;
      const call = world.call(MAIN_JOB, { cwd: here });
      await until("the page is open", () => world.pendingLogin()?.state === "open");
      call.kill();
      await call.done;
      await world.machine.removeFolder(here);
    },
  },
  {
    title: "a token file that is held for a moment is refreshed, and replaced when it is free",
    async act(world) {
      await world.signIn(-10);
      expectDocument(await whileHeld(world, TOKEN_FILE, MOMENT_MS, () => world.mainJob()), world);
      await tokenIsFresh(world);
    },
  },
  {
    title: "a token file that stays held is written over, so that the new refresh token is not lost",
    async act(world) {
      await world.signIn(-10);
      expectDocument(await whileHeld(world, TOKEN_FILE, undefined, () => world.mainJob()), world);
      await tokenIsFresh(world);
    },
  },
  {
    title: "a token file that another program has for itself for a moment is no reason to ask a person",
    async act(world) {
      await world.signIn(3600);
      expectDocument(await whileHeld(world, TOKEN_FILE, MOMENT_MS, () => world.mainJob(), true), world);
      assert.deepEqual([world.requests(), world.opened()], [["/federation/credentials"], []]);
    },
  },
  {
    title: "a cache file that nobody may touch costs a question to the portal, not the answer",
    async act(world) {
      await world.signIn(3600);
      await world.home.write(ROLE_FILE, roleFile(Date.now() - 1000, ACCOUNT));
      expectDocument(await whileHeld(world, ROLE_FILE, undefined, () => world.mainJob(), true), world);
      expectDocument(await world.mainJob(), world);
    },
  },
  {
    title:
      "logout waits for whoever holds the token's file; one who keeps it is exit 3, and the portal is told",
    async act(world) {
      const logout = () => world.call(["logout"]).done;
      await world.signIn(3600);
      assert.equal((await whileHeld(world, TOKEN_FILE, MOMENT_MS, logout, true)).code, 0);
      assert.equal(await world.home.exists(TOKEN_FILE), false);
      await world.signIn(3600);
      const refused = await whileHeld(world, TOKEN_FILE, undefined, logout, true);
      expectFailure(refused, 3, /cannot remove .*[0-9a-f]{40}\.json \(EBUSY\)/);
    },
  },
  {
    title: "init waits for whoever holds the config; one who keeps it is exit 3, and it is left as it is",
    async act(world) {
      const init = () => world.call(INIT).done;
      await world.signIn(3600);
      const before = await world.home.read(".aws/config");
      expectFailure(await whileHeld(world, ".aws/config", undefined, init), 3, /cannot be replaced \(E\w+\)/);
      assert.equal(await world.home.read(".aws/config"), before);
      assert.equal((await whileHeld(world, ".aws/config", MOMENT_MS, init, true)).code, 0);
      assert.match(await world.home.read(".aws/config"), /\[profile 123456789011_ReadOnly\]/);
    },
  },
];

/** Does something while a file is held, for some time or throughout. */
async function whileHeld<T>(
  { home, machine }: World<Windows>,
  file: string,
  forMs: number | undefined,
  work: () => Promise<T>,
  alone = false,
): Promise<T> {
  const release = await machine.hold(`${profileOf(home)}\\${file.replaceAll("/", "\\")}`, alone);
  const early = forMs === undefined ? undefined : sleep(forMs).then(release);
  try {
    return await work();
  } finally {
    await (early ?? release());
  }
}

/** The token was refreshed without a person, and the new one is in its file. */
async function tokenIsFresh(world: World<Windows>): Promise<void> {
  assert.deepEqual([world.requests(), world.opened()], [["/token", "/federation/credentials"], []]);
  expectDocument(await world.mainJob({ SSO_CRED_CACHE: "off" }), world);
  assert.deepEqual(world.requests(), ["/federation/credentials"]);
}
