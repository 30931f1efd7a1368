import { execFileSync } from "node:child_process";
import { linkSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { replaceFile } from "../../src/cache/replaceFile.ts";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { isoSeconds, rolePath, sha1, tokenPath } from "../support/home.ts";
import { temporaryHome } from "../support/temporary.ts";

const PRECIOUS = "precious: not ours\n";
const ROLE_FILE = rolePath("corp", "123456789011", "ReadOnly");
const LOCK = (kind: string) => `.aws/sso-cred/locks/${kind}-${sha1("corp")}`;
const inHome = ({ home }: BinaryWorld, path: string) => join(home.path, path);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
const mkfifo = (path: string) => execFileSync("mkfifo", [path]);

/** A token that has to be refreshed, so that both caches are written and all locks are taken. */
async function expiredWorld() {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "never", SSO_CRED_WAIT: "20" } });
  await signedIn(world, { expiresAt: isoSeconds(Date.now() - 1_000) });
  const precious = await world.home.write("precious.txt", PRECIOUS, 0o644);
  for (const folder of [".aws/cli/cache", ".aws/sso-cred/locks", ".aws/sso-cred/attempts"]) {
    mkdirSync(inHome(world, folder), { recursive: true });
  }
  return { ...world, precious };
}

const good = { code: 0, stderr: "" };

test("a cache file that is a symbolic link stays one; what it leads to is replaced, 0600", async () => {
  const world = await expiredWorld();
  for (const path of [tokenPath("corp"), ROLE_FILE]) {
    const target = await world.home.write(`vault/${sha1(path)}`, "{}", 0o644);
    if (path === tokenPath("corp")) writeFileSync(target, await world.home.read(path));
    execFileSync("rm", ["-f", inHome(world, path)]);
    symlinkSync(target, inHome(world, path));
  }
  expect(await world.run()).toMatchObject(good);
  for (const path of [tokenPath("corp"), ROLE_FILE]) {
    expect(lstatSync(inHome(world, path)).isSymbolicLink()).toBe(true);
    expect(mode(inHome(world, path))).toBe("600");
    expect(Object.keys(await world.home.readJson(path)).length).toBeGreaterThan(1);
  }
});

test("a hard link to a cache file keeps its content: ours is a new file", async () => {
  const world = await expiredWorld();
  const before = await world.home.read(tokenPath("corp"));
  linkSync(inHome(world, tokenPath("corp")), inHome(world, "copy.json"));
  linkSync(world.precious, inHome(world, ROLE_FILE));
  expect(await world.run()).toMatchObject(good);
  expect(await world.home.read("copy.json")).toBe(before);
  expect(await world.home.read(tokenPath("corp"))).not.toBe(before);
  expect([await world.home.read("precious.txt"), mode(world.precious)]).toEqual([PRECIOUS, "644"]);
  expect(mode(inHome(world, ROLE_FILE))).toBe("600");
});

test("a symbolic link under the name of a temporary file is not followed", async () => {
  const home = await temporaryHome();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const precious = await home.write("precious.txt", PRECIOUS);
  symlinkSync(precious, join(home.path, `.sso-cred-${process.pid}-${(0.5).toString(36).slice(2)}.tmp`));
  expect(() => replaceFile(join(home.path, "target.json"), "secret")).toThrow("EEXIST");
  vi.restoreAllMocks();
  expect(readFileSync(precious, "utf8")).toBe(PRECIOUS);
});

test("state that lies elsewhere, behind a link, is written there, 0600, and nothing else there is touched", async () => {
  const world = await expiredWorld();
  execFileSync("rm", ["-r", inHome(world, ".aws/sso-cred")]);
  await world.home.write("elsewhere/precious.txt", PRECIOUS, 0o644);
  symlinkSync(inHome(world, "elsewhere"), inHome(world, ".aws/sso-cred"));
  expect(await world.run()).toMatchObject(good);
  const files = await world.home.files("elsewhere");
  expect(files.map(({ path, mode: bits }) => `${bits} ${path.replace(/[0-9a-f]{40}/, "HASH")}`)).toEqual([
    "600 elsewhere/attempts/HASH.json",
    "600 elsewhere/attempts/HASH.json",
    "644 elsewhere/precious.txt",
  ]);
  expect(await world.home.read("elsewhere/precious.txt")).toBe(PRECIOUS);
});

test("whatever is in the place of a lock causes a delay at most", async () => {
  const places: Record<string, (path: string, precious: string) => void> = {
    "a link to somebody's file": (path, precious) => symlinkSync(precious, path),
    "a link to nowhere": (path) => symlinkSync("/nonexistent/x", path),
    "a link to itself": (path) => symlinkSync(path, path),
    "a folder": (path) => mkdirSync(path),
    "a FIFO": mkfifo,
  };
  const runs = Object.entries(places).map(async ([name, put]) => {
    const world = await expiredWorld();
    put(inHome(world, LOCK("token")), world.precious);
    const { code, stderr } = await world.run();
    return {
      name,
      code,
      stderr,
      precious: await world.home.read("precious.txt"),
      refreshes: world.center.count("/token"),
    };
  });
  for (const { name, ...outcome } of await Promise.all(runs)) {
    expect({ name, ...outcome }).toEqual({ name, ...good, precious: PRECIOUS, refreshes: 1 });
  }
});

test.each([
  ["a FIFO", mkfifo],
  ["a folder", (path: string) => mkdirSync(path)],
])("%s in the place of the role's cache file is a miss, and stays what it is", async (_, put) => {
  const world = await expiredWorld();
  put(inHome(world, ROLE_FILE));
  expect(await world.run()).toMatchObject(good);
  expect(lstatSync(inHome(world, ROLE_FILE)).isFile()).toBe(false);
});

test("a link to a device or a FIFO is not replaced: /dev/null does not become a file", async () => {
  const world = await expiredWorld();
  mkfifo(inHome(world, "device"));
  symlinkSync(inHome(world, "device"), inHome(world, ROLE_FILE));
  expect(await world.run()).toMatchObject(good);
  expect(lstatSync(inHome(world, "device")).isFIFO()).toBe(true);
});

test("a FIFO in the place of the token file is no token, and no refresh token is spent on it", async () => {
  const world = await expiredWorld();
  execFileSync("rm", [inHome(world, tokenPath("corp"))]);
  mkfifo(inHome(world, tokenPath("corp")));
  const { code, stdout } = await world.run();
  expect([code, stdout, world.center.count("/token")]).toEqual([4, "", 0]);
  const login = await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "device" });
  expect([login.code, login.stdout]).toEqual([3, ""]);
  expect(login.stderr).toContain(tokenPath("corp"));
});
