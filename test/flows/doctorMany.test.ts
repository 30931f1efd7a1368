import { chmod, chown, mkdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { SSO_KEYS, sessionSection } from "../support/home.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const OWNER = 12345;
const CACHE = ".aws/cli/cache";

/** A home with the cached roles of three accounts. */
async function cachedWorld(mode = 0o600): Promise<SignInWorld> {
  const world = await signInWorld({ config: sessionSection("corp") });
  for (const digit of ["a", "b", "c"])
    await world.home.write(`${CACHE}/${digit.repeat(40)}.json`, "{}", mode);
  return world;
}

async function pathFindings({ call }: SignInWorld): Promise<Finding[]> {
  const { stdout } = await call(["doctor", "--offline", "--json"]);
  return (JSON.parse(stdout) as Finding[]).filter(({ id }) => id.startsWith("path-"));
}

describe("what one command mends is one finding:", () => {
  it("files that others can read, in a folder", async () => {
    const world = await cachedWorld(0o644);
    const folder = join(world.home.path, CACHE);
    expect(await pathFindings(world)).toEqual([
      expect.objectContaining({
        id: "path-mode",
        found: `3 files in ${folder} can be read by others (mode 0644)`,
        where: folder,
        run: `chmod -R go-rwx ${folder}`,
      }),
    ]);
  });

  it("folders that others can write to, below another one", async () => {
    const world = await cachedWorld();
    const folders = [".aws", ".aws/cli", CACHE].map((name) => join(world.home.path, name));
    for (const folder of folders) await chmod(folder, 0o777);
    expect(await pathFindings(world)).toEqual([
      expect.objectContaining({ id: "path-mode", where: folders[0], run: `chmod -R go-w ${folders[0]}` }),
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)("a tree that belongs to somebody else (needs root)", async () => {
    const world = await cachedWorld();
    const aws = join(world.home.path, ".aws");
    const files = ["a", "b", "c"].map((digit) => join(aws, "cli/cache", `${digit.repeat(40)}.json`));
    for (const path of [join(aws, "cli"), join(aws, "cli/cache"), ...files]) await chown(path, OWNER, OWNER);
    expect(await pathFindings(world)).toEqual([
      expect.objectContaining({
        id: "path-owner",
        where: join(aws, "cli"),
        run: `sudo chown -R "$(id -un)" ${join(aws, "cli")}`,
      }),
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "files that belong to somebody else, in a folder of one's own (needs root)",
    async () => {
      const world = await cachedWorld();
      const folder = join(world.home.path, CACHE);
      for (const digit of ["a", "b"]) await chown(join(folder, `${digit.repeat(40)}.json`), OWNER, OWNER);
      expect(await pathFindings(world)).toEqual([
        expect.objectContaining({
          id: "path-owner",
          found: `2 files in ${folder} belong to the user with the id ${OWNER}`,
          where: folder,
        }),
      ]);
    },
  );

  it.skipIf(process.getuid?.() !== 0).each(["attempts", "locks", "logins"])(
    "a folder of somebody else's in our own: %s (needs root)",
    async (name) => {
      const world = await cachedWorld();
      const folder = join(world.home.path, ".aws/sso-cred", name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chown(folder, OWNER, OWNER);
      expect(await pathFindings(world)).toEqual([
        expect.objectContaining({ id: "path-owner", where: folder }),
      ]);
    },
  );

  it("files left over from interrupted writes", async () => {
    const world = await cachedWorld();
    await mkdir(join(world.home.path, ".aws/sso/cache"), { recursive: true });
    for (const name of ["1", "2"]) {
      const path = await world.home.write(`.aws/sso/cache/.sso-cred-${name}.tmp`, "");
      await utimes(path, 1_000_000_000, 1_000_000_000);
    }
    expect((await pathFindings(world)).map(({ found }) => found)).toEqual([
      `2 files in ${join(world.home.path, ".aws/sso/cache")} are left over from interrupted writes`,
    ]);
  });
});

it("on a Windows drive in WSL, where chmod changes nothing, the setting is named that lets it", async () => {
  const world = await cachedWorld(0o777);
  const { stdout } = await world.call(["doctor", "--offline", "--json"], {
    env: { WSL_DISTRO_NAME: "Ubuntu" },
  });
  const found = (JSON.parse(stdout) as Finding[]).find(({ id }) => id === "path-mode");
  expect(found?.why).toContain('options = "metadata"');
});

it("a line that is no key = value is shown without a secret in it", async () => {
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  const lines = [`aws_secret_access_key ${secret}`, secret, "password hunter2", "what is this"];
  const world = await signInWorld({ config: `[profile dev]\n${lines.join("\n")}\n` });
  const { stdout } = await world.call(["doctor", "--offline", "--json"]);
  const found: { id: string; found: string }[] = JSON.parse(stdout);
  expect(found.filter(({ id }) => id === "line-malformed").map((one) => one.found)).toEqual(
    ["aws_secret_access_key ***", "***", "password ***", "what is this"].map(
      (shown) => `the line "${shown}" is not of the form key = value`,
    ),
  );
  expect(stdout).not.toMatch(/wJalr|hunter2/);
});

it("profiles with the same fault share its consequence and its remedy on the screen", async () => {
  const profile = (name: string) =>
    `[profile ${name}]\ncredential_process = /opt/sso-cred corp --account-id 123456789011 --role-name ReadOnly\n${SSO_KEYS}`;
  const world = await signInWorld({
    config: ["a", "b", "c"].map(profile).join("") + sessionSection("corp"),
  });
  const { stdout } = await world.call(["doctor", "--offline"]);
  const config = world.home.configFile;
  for (const [name, line] of [
    ["a", 3],
    ["b", 8],
    ["c", 13],
  ] as const) {
    expect(stdout).toContain(`profile '${name}' has credential_process and sso_account_id`);
    expect(stdout.replace(/\s+/g, " ")).toContain(`at ${config}:${line + 1}`);
  }
  expect(stdout.match(/fix: remove the sso_\* keys/g)).toHaveLength(1);
});
