import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";

const USER = 12_345;
const asUser = ["--reuid", `${USER}`, "--regid", `${USER}`, "--clear-groups"];
/** Root, and an executable that others may start. */
const canChange =
  process.getuid?.() === 0 &&
  spawnSync("setpriv", [...asUser, BINARY, "--version"], { cwd: "/" }).status === 0;

type World = Awaited<ReturnType<typeof binaryWorld>>;

/** A folder and everything below it. */
const below = (folder: string) => [
  folder,
  ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
];
const give = (folder: string, uid: number) => {
  for (const path of below(folder)) chownSync(path, uid, uid);
};
const notOfUser = (folder: string) =>
  below(folder).filter((path) => lstatSync(path).uid !== USER || lstatSync(path).gid !== USER);
/** A person is signed in, and the home is the other user's. */
async function userWorld(differences: Record<string, unknown> = {}): Promise<World> {
  const world = await signedInWorld({}, differences);
  give(world.home.path, USER);
  return world;
}
const runAsUser = ({ home, options }: World, args = MAIN_JOB) =>
  start("setpriv", [...asUser, BINARY, ...args], { home, env: { ...options.env, CI: "1" } }).done;

/** Runs the command that an error names, and returns its exit code. */
const runRemedy = (stderr: string) => {
  const [, remedy] = /^ {2}run: (.*)$/m.exec(stderr) ?? [];
  return spawnSync("/bin/sh", ["-c", `sudo() { "$@"; }; ${remedy}`]).status;
};

const INIT = ["init", ...MAIN_JOB, "--yes"];
const EXPIRED = { expiresAt: "2026-01-01T00:00:00Z" };

describe.skipIf(!canChange)("with two users (needs root)", () => {
  describe("root in the home of another user", () => {
    it("leaves a refreshed token that the user can read, and nothing of root's", async () => {
      const world = await userWorld(EXPIRED);
      expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
      expect(notOfUser(world.home.path)).toEqual([]);
      rmSync(join(world.home.path, ".aws/cli"), { recursive: true });
      expect(await runAsUser(world)).toMatchObject({ code: 0, stderr: "" });
    });

    it("signs in, with worker and browser, and leaves nothing of root's", async () => {
      const world = await binaryWorld();
      give(world.home.path, USER);
      expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
      await world.noWorker();
      expect(notOfUser(world.home.path)).toEqual([]);
    });

    it("writes the config and its backup as the user", async () => {
      const world = await userWorld();
      expect(await world.run(INIT)).toMatchObject({ code: 0 });
      expect(notOfUser(world.home.path)).toEqual([]);
    });
  });

  it("root, in a home of its own, keeps owners below a mounted ~/.aws of another user", async () => {
    const world = await signedInWorld({}, EXPIRED);
    const aws = join(world.home.path, ".aws");
    give(aws, USER);
    expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
    expect(await world.run(INIT)).toMatchObject({ code: 0 });
    expect(notOfUser(aws)).toEqual([]);
  });

  it("a folder of root's in one's own home is named, with the command that gives it back", async () => {
    const world = await userWorld(EXPIRED);
    const sso = join(world.home.path, ".aws/sso");
    give(sso, 0);
    for (const path of below(sso)) chmodSync(path, 0o755);
    const { code, stderr } = await runAsUser(world);
    const token = join(world.home.path, tokenPath("corp"));
    expect([code, stderr]).toEqual([
      3,
      `sso-cred: cannot write ${token} (EACCES), so the token is not refreshed: ${sso} belongs to root\n` +
        `  run: sudo chown -R ${USER} ${sso}\n`,
    ]);
    expect(world.center.requests).toEqual([]);
    expect(runRemedy(stderr)).toBe(0);
    expect(await runAsUser(world)).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    {
      what: "a folder",
      at: ".aws",
      mode: 0o555,
      says: "cannot be replaced (EACCES); it is left as it is: AT",
    },
    { what: "a folder that hides a file", at: ".aws", mode: 0o600, says: "cannot be read (EACCES; AT" },
    { what: "a file", at: ".aws/config", mode: 0o200, says: "cannot be read (EACCES; it" },
  ])("$what of one's own that its mode closes is named, with the command that opens it", async (one) => {
    const world = await signedInWorld();
    const path = join(world.home.path, one.at);
    give(world.home.path, USER);
    chmodSync(path, one.mode);
    const { code, stderr } = await runAsUser(world, INIT);
    expect([code, stderr.split("\n")[0]]).toEqual([
      3,
      expect.stringContaining(`${one.says.replace("AT", path)} has the mode 0${one.mode.toString(8)}`),
    ]);
    expect(runRemedy(stderr)).toBe(0);
    expect(await runAsUser(world, INIT)).toMatchObject({ code: 0, stderr: "" });
  });

  it("a home of another user is named, without a command that would change its owner", async () => {
    const world = await signedInWorld({}, EXPIRED);
    for (const path of below(world.home.path)) chmodSync(path, 0o755);
    const { code, stderr } = await runAsUser(world);
    const token = join(world.home.path, tokenPath("corp"));
    expect([code, stderr]).toEqual([
      3,
      `sso-cred: cannot write ${token} (EACCES), so the token is not refreshed: ${dirname(token)} belongs to root\n`,
    ]);
  });

  it("a logout says that the portal could not be told of a token that it may not read", async () => {
    const world = await userWorld(EXPIRED);
    chownSync(join(world.home.path, tokenPath("corp")), 0, 0);
    const { code, stdout } = await runAsUser(world, ["logout", "corp"]);
    expect([code, stdout]).toEqual([
      0,
      "Signed out of 'corp'; the portal could not be told, so the token itself lives until it expires.\n",
    ]);
    expect(below(world.home.path)).not.toContain(join(world.home.path, tokenPath("corp")));
  });

  it.each([
    [MAIN_JOB, "config"],
    [["--profile", "corp-ReadOnly"], "credentials"],
    [["status"], "credentials"],
    [["list"], "credentials"],
    [["logout", "--all"], "config"],
    [["init", "corp", "--yes"], "config"],
  ])("a ~/.aws that belongs to root is named with the command that gives it back: %j", async (args, file) => {
    const world = await userWorld();
    const aws = join(world.home.path, ".aws");
    chownSync(aws, 0, 0);
    chmodSync(aws, 0o700);
    const { code, stdout, stderr } = await runAsUser(world, args);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toBe(
      `sso-cred: ${aws}/${file} cannot be read (EACCES; ${aws} belongs to root)\n` +
        `  run: sudo chown -R ${USER} ${aws}\n`,
    );
    expect(runRemedy(stderr)).toBe(0);
    expect((await runAsUser(world, args)).stderr).not.toContain("EACCES");
  });

  it.each([
    ["cli", 0o700, "Signed out of 'corp'; not everything could be removed.\n", "cannot list", "cli/cache"],
    [
      "sso-cred",
      0o700,
      "Signed out of 'corp'; not everything could be removed.\n",
      "cannot remove",
      "sso-cred/",
    ],
    [
      "sso",
      0o755,
      "Revoked the token of 'corp', but its file is still there.\n",
      "cannot remove",
      "sso/cache/",
    ],
  ])(
    "a logout that may not change ~/.aws/%s says what it did and what it could not",
    async (name, mode, done, what, at) => {
      for (const who of ["corp", "--all"]) {
        const world = await userWorld();
        const folder = join(world.home.path, ".aws", name);
        mkdirSync(join(folder, "cache"), { recursive: true });
        give(folder, 0);
        for (const path of below(folder)) chmodSync(path, mode);
        const { code, stdout, stderr } = await runAsUser(world, ["logout", who]);
        expect([code, stdout]).toEqual([3, done]);
        expect(stderr).toContain(`sso-cred: ${what} ${world.home.path}/.aws/${at}`);
        expect(stderr).toContain(
          ` (EACCES): ${folder} belongs to root\n  run: sudo chown -R ${USER} ${folder}\n`,
        );
        expect(world.center.count("/logout")).toBe(1);
        expect(runRemedy(stderr)).toBe(0);
        expect(await runAsUser(world, ["logout", who])).toMatchObject({ code: 0, stderr: "" });
      }
    },
  );

  it("a cache that hides the token is named, by status and where nobody is asked", async () => {
    const world = await userWorld();
    const sso = join(world.home.path, ".aws/sso");
    chownSync(sso, 0, 0);
    chmodSync(sso, 0o700);
    const path = join(world.home.path, tokenPath("corp"));
    const fault = `${path} cannot be read (EACCES; ${sso} belongs to root)`;
    const { code, stdout } = await runAsUser(world, ["status"]);
    expect([code, stdout.split(", endpoint")[0]]).toEqual([4, `corp: not signed in; ${fault}`]);
    const call = await runAsUser(world);
    expect([call.code, call.stderr]).toEqual([
      4,
      `sso-cred: ${fault}, so nobody is signed in to 'corp', and CI is set, so nobody is asked\n  run: sudo chown -R ${USER} ${sso}\n`,
    ]);
  });

  it("logout --all does not say that nobody was signed in where it cannot look", async () => {
    const world = await binaryWorld();
    give(world.home.path, USER);
    const state = join(world.home.path, ".aws/sso-cred");
    mkdirSync(state, { mode: 0o700 });
    const { code, stdout, stderr } = await runAsUser(world, ["logout", "--all"]);
    expect([code, stdout, stderr]).toEqual([
      3,
      "",
      `sso-cred: cannot list ${state}/logins (EACCES): ${state} belongs to root\n` +
        `  run: sudo chown -R ${USER} ${state}\n`,
    ]);
    expect(runRemedy(stderr)).toBe(0);
    expect(await runAsUser(world, ["logout", "--all"])).toMatchObject({ code: 0, stderr: "" });
  });
});
