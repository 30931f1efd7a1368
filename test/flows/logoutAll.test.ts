import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { START_URL, sessionSection, sha1, tokenPath } from "../support/home.ts";
import { PAIRS, putRoleOf, TOLD } from "../support/logoutWorld.ts";
import { putToken, signedInWorld } from "../support/signedIn.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

describe("logout where something cannot be removed", () => {
  const pendingPath = (session: string) => `.aws/sso-cred/logins/${sha1(session)}.json`;
  const NOTHING_LEFT = { ".aws/sso/cache": [], ".aws/cli/cache": [] };
  const left = async ({ home }: SignInWorld) =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(NOTHING_LEFT).map(async (folder) => [
          folder,
          (await home.files(folder)).map(({ path }) => path),
        ]),
      ),
    );

  it.each([["corp"], ["--all"]])("(%s) removes the rest and tells the portal, then names it", async (who) => {
    const world = await signedInWorld({ config: sessionSection("corp") + PAIRS });
    await putRoleOf(world, "corp", "FromCommand");
    // A folder with content, which cannot be removed as a file.
    await world.home.write(`${pendingPath("corp")}/in-the-way`, "");
    const { code, stderr } = await world.call(["logout", who]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^sso-cred: cannot remove .*logins.*\.json \(\w+\)\n$/);
    expect([await left(world), world.center.count("/logout")]).toEqual([NOTHING_LEFT, 1]);
  });

  it("--all goes on with the other sessions", async () => {
    const world = await signInWorld({ config: sessionSection("aaa") + sessionSection("zzz") });
    await world.home.write(`${tokenPath("aaa")}/in-the-way`, "");
    await putToken(world, { session: "zzz" });
    const { code, stdout, stderr } = await world.call(["logout", "--all"]);
    expect([code, stdout]).toEqual([3, "Signed out of 'zzz'.\n"]);
    expect(stderr).toMatch(/^sso-cred: cannot remove .* \(\w+\)\n$/);
    expect([await world.home.exists(tokenPath("zzz")), world.center.count("/logout")]).toEqual([false, 1]);
  });

  it("--all says that a cache folder cannot be listed, instead of that nobody was signed in", async () => {
    const world = await signInWorld();
    const loop = join(world.home.path, ".aws/sso/cache");
    await mkdir(dirname(loop), { recursive: true });
    await symlink(loop, loop);
    const { code, stdout, stderr } = await world.call(["logout", "--all"]);
    const line = `sso-cred: cannot list ${loop} (ELOOP): ${loop} is not a folder\n`;
    expect([code, stdout, stderr]).toEqual([3, "", line]);
  });

  it.each([["corp"], ["--all"]])("(%s) removes the files of killed writers", async (who) => {
    const world = await signedInWorld();
    for (const folder of [".aws/sso/cache", ".aws/cli/cache"])
      await world.home.write(`${folder}/.sso-cred-1-a.tmp`, "half a secret");
    expect((await world.call(["logout", who])).code).toBe(0);
    expect(await left(world)).toEqual(NOTHING_LEFT);
  });
});

describe("logout --all", () => {
  it("removes every token and all role credentials, whoever wrote them, and says so", async () => {
    const world = await signedInWorld({ config: sessionSection("corp") + sessionSection("idle") });
    const { call, home, center } = world;
    await putToken(world, { session: "not in the config" });
    await home.write(".aws/sso/cache/botocore-client-id-eu-west-1.json", { clientId: "kept" });
    await putRoleOf(world, "corp", "One");
    await putRoleOf(world, { startUrl: START_URL }, "Two");
    await home.write(".aws/cli/cache/assumed.json", { ProviderType: "assume-role" });
    const { code, stdout, stderr } = await call(["logout", "--all"]);
    expect([code, stdout, stderr]).toEqual([
      0,
      `${TOLD}Signed out of '${START_URL}'.\nRemoved the cached credentials of 2 more roles.\n`,
      "",
    ]);
    const left = [...(await home.files(".aws/sso/cache")), ...(await home.files(".aws/cli/cache"))];
    expect(left.map(({ path }) => path)).toEqual([
      ".aws/sso/cache/botocore-client-id-eu-west-1.json",
      ".aws/cli/cache/assumed.json",
    ]);
    expect(center.count("/logout")).toBe(2);
  });

  it("ends open sign-ins, too", async () => {
    const { call, settled, traces } = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "2" } });
    await call();
    expect((await call(["logout", "--all"])).stdout).toBe("Ended the open sign-in to 'corp'.\n");
    await settled();
    expect(await traces()).toEqual([]);
  });

  it("ends the open sign-in of a session that the config no longer has", async () => {
    const { call, home, settled, traces } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_WAIT: "2" },
    });
    await call();
    await home.write(".aws/config", "");
    expect((await call(["logout", "--all"])).stdout).toBe("Ended the open sign-in to 'corp'.\n");
    await settled();
    expect(await traces()).toEqual([]);
  });

  it("removes everything on the disk even if the config cannot be read, and then says so", async () => {
    const world = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "2" } });
    const { call, home, center, settled, traces } = world;
    await call();
    await putToken(world, { session: "other" });
    await putRoleOf(world, "corp", "One");
    await writeFile(join(home.path, ".aws/config"), Buffer.from("\ufeff[default]\n", "utf16le"));
    const { code, stdout, stderr } = await call(["logout", "--all"]);
    expect(code).toBe(3);
    expect(stdout).toBe(
      `Ended the open sign-in to 'corp'.\nSigned out of '${START_URL}'.\nRemoved the cached credentials of 1 more role.\n`,
    );
    expect(stderr).toMatch(/^sso-cred: .*config is UTF-16 text, .*\n {2}run: iconv .*\n$/);
    await settled();
    expect(await traces()).toEqual([]);
    expect([await home.exists(tokenPath("other")), await home.files(".aws/cli/cache")]).toEqual([false, []]);
    expect(center.count("/logout")).toBe(1);
  });

  it("works without a config and with nobody signed in", async () => {
    const { call } = await signInWorld({ config: "" });
    expect(await call(["logout", "--all"])).toMatchObject({ code: 0, stdout: "Nobody was signed in.\n" });
  });

  it("takes no session", async () => {
    const { call, home } = await signedInWorld();
    for (const args of [["corp"], ["--profile", "x"], ["--sso-session", "corp"]]) {
      const { code, stderr } = await call(["logout", "--all", ...args]);
      expect([code, stderr]).toEqual([
        2,
        "sso-cred: --all takes no session: it signs out of every one\n  run: sso-cred logout --help\n",
      ]);
    }
    expect(await home.exists(tokenPath("corp"))).toBe(true);
  });
});
