import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  roleFile,
  rolePath,
  START_URL,
  sessionSection,
  sha1,
  tokenFile,
  tokenPath,
} from "../support/home.ts";
import { MAIN_JOB, type SignInWorld, signInWorld, type WorldOptions } from "../support/signInWorld.ts";

const TOLD = "Signed out of 'corp'.\n";
const NOT_TOLD =
  "Signed out of 'corp'; the portal could not be told, so the token itself lives until it expires.\n";
const PAIRS = `[profile dev]
credential_process = "/opt/my tools/sso-cred" corp --account-id 123456789011 --role-name FromCommand
[profile cli]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = FromSession
`;

async function putToken({ center, home }: SignInWorld, session = "corp"): Promise<string> {
  const token = tokenFile({ startUrl: START_URL, region: "eu-west-1", ...center.signIn() });
  await home.write(tokenPath(session), token);
  return String(token.accessToken);
}

async function signedInWorld(options: WorldOptions = {}) {
  const world = await signInWorld(options);
  return { ...world, token: await putToken(world) };
}

const putRole = ({ home, clock }: SignInWorld, owner: Parameters<typeof rolePath>[0], role: string) =>
  home.write(rolePath(owner, "123456789011", role), roleFile(clock.now() + 3600_000, "123456789011"));

describe("logout of a session", () => {
  it("removes token and role credentials, and revokes the token at the portal", async () => {
    const { call, center, home, token } = await signedInWorld();
    await call();
    expect(await home.exists(rolePath("corp", "123456789011", "ReadOnly"))).toBe(true);
    expect(await call(["logout", "corp"])).toEqual({ code: 0, stdout: TOLD, stderr: "", shown: "" });
    expect(await home.files(".aws/sso/cache")).toEqual([]);
    expect(await home.files(".aws/cli/cache")).toEqual([]);
    const [revocation] = center.requests.filter(({ path }) => path === "/logout");
    expect([revocation?.status, revocation?.headers["x-amz-sso_bearer_token"]]).toEqual([200, token]);
  });

  it("removes the role files of the AWS CLI that a profile names, and no others", async () => {
    const config = sessionSection("corp") + sessionSection("other") + PAIRS;
    const world = await signedInWorld({ config });
    await putToken(world, "other");
    for (const role of ["FromCommand", "FromSession", "NamedNowhere"]) await putRole(world, "corp", role);
    for (const role of ["FromCommand", "FromSession"]) await putRole(world, "other", role);
    await world.home.write(".aws/cli/cache/assumed.json", { Credentials: {} });
    await world.call(["logout", "corp"]);
    const left = (await world.home.files(".aws/cli/cache")).map(({ path }) => path);
    expect(left).toEqual(
      [
        ".aws/cli/cache/assumed.json",
        rolePath("corp", "123456789011", "NamedNowhere"),
        rolePath("other", "123456789011", "FromCommand"),
        rolePath("other", "123456789011", "FromSession"),
      ].sort(),
    );
    expect(await world.home.exists(tokenPath("other"))).toBe(true);
  });

  it("leaves the client registration, as the AWS CLI does", async () => {
    const { call, home } = await signInWorld();
    await call();
    await call(["logout", "corp"]);
    const files = await home.files(".aws/sso/cache");
    expect(files).toHaveLength(1);
    expect(await home.readJson(files[0]?.path ?? "")).toHaveProperty("clientSecret");
  });

  it("is a success when the portal is away: the local files go first, and one line says so", async () => {
    const { call, center, home } = await signedInWorld();
    await center.goDown("portal");
    expect(await call(["logout"])).toEqual({ code: 0, stdout: NOT_TOLD, stderr: "", shown: "" });
    expect(await home.exists(tokenPath("corp"))).toBe(false);
  });

  it.each([
    ["answers 503", { kind: "status", status: 503 }, NOT_TOLD],
    ["is a hotel's", { kind: "captivePortal" }, NOT_TOLD],
  ] as const)("when the portal %s", async (_, how, line) => {
    const { call, center } = await signedInWorld();
    center.misbehave({ path: "/logout", how });
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: line, stderr: "" });
  });

  it("is a success without a word more when the portal does not know the token any longer", async () => {
    const { call, center } = await signedInWorld();
    center.revokeSessions();
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: TOLD, stderr: "" });
    expect(center.requests.map(({ status }) => status)).toEqual([401]);
  });

  it("does not send a token that is another start URL's, and removes it", async () => {
    const { call, center, home } = await signInWorld();
    const token = tokenFile({ startUrl: "https://other.awsapps.com/start", ...center.signIn() });
    await home.write(tokenPath("corp"), token);
    expect((await call(["logout"])).code).toBe(0);
    expect([await home.exists(tokenPath("corp")), center.requests]).toEqual([false, []]);
  });

  it("of nobody says so", async () => {
    const { call, center } = await signInWorld();
    const { code, stdout } = await call(["logout", "corp"]);
    expect([code, stdout, center.requests]).toEqual([0, "Nobody was signed in to 'corp'.\n", []]);
  });

  it("takes the session of a profile", async () => {
    const { call } = await signedInWorld({ config: sessionSection("corp") + PAIRS });
    expect((await call(["logout", "--profile", "cli"])).stdout).toBe(TOLD);
  });
});

describe("logout during a sign-in", () => {
  it("ends the worker, its callers and its marks", async () => {
    const { call, until, opened, settled, traces } = await signInWorld({ browser: "ignore" });
    const waiting = call(MAIN_JOB, { terminal: "1" });
    await until(() => opened().length === 1);
    expect((await call(["logout", "corp"])).stdout).toBe("Ended the open sign-in to 'corp'.\n");
    const { code, stderr } = await waiting;
    expect([code, stderr]).toEqual([
      4,
      "sso-cred: the sign-in to 'corp' was ended by a logout\n  run: sso-cred login corp\n",
    ]);
    await settled();
    expect(await traces()).toEqual([]);
  });

  it("wins over the answer that comes after it: nothing is written", async () => {
    const { call, center, home, clock, settled } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "5" },
      center: { intervalSeconds: 1 },
    });
    await call();
    // The token is on its way when the person signs out.
    center.misbehave({ path: "/token", how: { kind: "latency", ms: 300 } });
    center.approveDevice();
    const answered = () => [...center.state.devices.values()].some(({ decision }) => decision === "redeemed");
    const step = clock.sleep(1_000);
    while (!answered()) await new Promise((resolve) => setTimeout(resolve, 5));
    await call(["logout", "corp"]);
    await step;
    await settled();
    expect(center.state.accessTokens.size).toBe(1);
    expect(await home.exists(tokenPath("corp"))).toBe(false);
  });
});

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
    await putRole(world, "corp", "FromCommand");
    // A folder with something in it is what no user may remove as a file.
    await world.home.write(`${pendingPath("corp")}/in-the-way`, "");
    const { code, stderr } = await world.call(["logout", who]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^sso-cred: cannot remove .*logins.*\.json \(\w+\)\n$/);
    expect([await left(world), world.center.count("/logout")]).toEqual([NOTHING_LEFT, 1]);
  });

  it("--all goes on with the other sessions", async () => {
    const world = await signInWorld({ config: sessionSection("aaa") + sessionSection("zzz") });
    await world.home.write(`${tokenPath("aaa")}/in-the-way`, "");
    await putToken(world, "zzz");
    const { code, stdout, stderr } = await world.call(["logout", "--all"]);
    expect([code, stdout]).toEqual([3, "Signed out of 'zzz'.\n"]);
    expect(stderr).toMatch(/^sso-cred: cannot remove .* \(\w+\)\n$/);
    expect([await world.home.exists(tokenPath("zzz")), world.center.count("/logout")]).toEqual([false, 1]);
  });

  it("--all says that nobody can look into a cache folder, instead of that nobody was signed in", async () => {
    const world = await signInWorld();
    const loop = join(world.home.path, ".aws/sso/cache");
    await mkdir(dirname(loop), { recursive: true });
    await symlink(loop, loop);
    const { code, stdout, stderr } = await world.call(["logout", "--all"]);
    expect([code, stdout, stderr]).toEqual([3, "", `sso-cred: cannot list ${loop} (ELOOP)\n`]);
  });

  it.each([["corp"], ["--all"]])("(%s) takes along what killed writers left", async (who) => {
    const world = await signedInWorld();
    for (const folder of [".aws/sso/cache", ".aws/cli/cache"])
      await world.home.write(`${folder}/.sso-cred-1-a.tmp`, "half a secret");
    expect((await world.call(["logout", who])).code).toBe(0);
    expect(await left(world)).toEqual(NOTHING_LEFT);
  });
});

describe("logout --all", () => {
  it("takes every token and every role credential, whoever wrote them, and says so", async () => {
    const world = await signedInWorld({ config: sessionSection("corp") + sessionSection("idle") });
    const { call, home, center } = world;
    await putToken(world, "not in the config");
    await home.write(".aws/sso/cache/botocore-client-id-eu-west-1.json", { clientId: "kept" });
    await putRole(world, "corp", "One");
    await putRole(world, { startUrl: START_URL }, "Two");
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

  it("takes all that is on disk though the config cannot be read, sends no token, and then says so", async () => {
    const world = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "2" } });
    const { call, home, center, settled, traces } = world;
    await call();
    await putToken(world, "other");
    await putRole(world, "corp", "One");
    await writeFile(join(home.path, ".aws/config"), Buffer.from("\ufeff[default]\n", "utf16le"));
    const { code, stdout, stderr } = await call(["logout", "--all"]);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^Ended the open sign-in to 'corp'\.\nSigned out of '.*'; the portal could not be told, so the token itself lives until it expires\.\nRemoved the cached credentials of 1 more role\.\n$/,
    );
    expect(stderr).toMatch(/^sso-cred: .*config is UTF-16 text, .*\n {2}run: iconv .*\n$/);
    await settled();
    expect(await traces()).toEqual([]);
    expect([await home.exists(tokenPath("other")), await home.files(".aws/cli/cache")]).toEqual([false, []]);
    expect(center.count("/logout")).toBe(0);
  });

  it("works without a config and with nobody signed in", async () => {
    const { call } = await signInWorld({ config: "" });
    expect(await call(["logout", "--all"])).toMatchObject({ code: 0, stdout: "Nobody was signed in.\n" });
  });

  it("stands alone", async () => {
    const { call, home } = await signedInWorld();
    for (const args of [["corp"], ["--profile", "x"], ["--sso-session", "corp"]]) {
      const { code, stderr } = await call(["logout", "--all", ...args]);
      expect([code, stderr]).toEqual([
        2,
        "sso-cred: --all stands alone: it signs out of every session\n  run: sso-cred logout --help\n",
      ]);
    }
    expect(await home.exists(tokenPath("corp"))).toBe(true);
  });
});
