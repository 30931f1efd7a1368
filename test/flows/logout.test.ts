import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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

  it("succeeds if the portal is unavailable: the local files are removed first, and one line says so", async () => {
    const { call, center, home } = await signedInWorld();
    await center.goDown("portal");
    expect(await call(["logout"])).toEqual({ code: 0, stdout: NOT_TOLD, stderr: "", shown: "" });
    expect(await home.exists(tokenPath("corp"))).toBe(false);
  });

  it.each([
    ["answers 503", { kind: "status", status: 503 }, NOT_TOLD],
    ["is a hotel's", { kind: "captivePortal" }, NOT_TOLD],
  ] as const)("succeeds if the portal %s", async (_, how, line) => {
    const { call, center } = await signedInWorld();
    center.misbehave({ path: "/logout", how });
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: line, stderr: "" });
  });

  it("succeeds without another line if the portal no longer knows the token", async () => {
    const { call, center } = await signedInWorld();
    center.revokeSessions();
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: TOLD, stderr: "" });
    // The refresh token might still have opened the session.
    expect(center.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/logout", 401],
      ["/token", 400],
    ]);
  });

  it("does not send a token whose file names no region, and is another start URL's, but says so and removes it", async () => {
    const { call, center, home } = await signInWorld();
    const token = tokenFile({ startUrl: "https://other.awsapps.com/start", ...center.signIn() });
    await home.write(tokenPath("corp"), token);
    expect((await call(["logout"])).code).toBe(0);
    expect([await home.exists(tokenPath("corp")), center.requests]).toEqual([false, []]);
  });

  it("says if nobody was signed in", async () => {
    const { call, center } = await signInWorld();
    const { code, stdout } = await call(["logout", "corp"]);
    expect([code, stdout, center.requests]).toEqual([0, "Nobody was signed in to 'corp'.\n", []]);
  });

  it("takes the session of a profile", async () => {
    const { call } = await signedInWorld({ config: sessionSection("corp") + PAIRS });
    expect((await call(["logout", "--profile", "cli"])).stdout).toBe(TOLD);
  });
});

describe("logout of a session that the config has changed or lost", () => {
  const revoked = ({ center }: SignInWorld, token: unknown) =>
    center.requests.some(
      ({ path, status, headers }) =>
        path === "/logout" && status === 200 && headers["x-amz-sso_bearer_token"] === token,
    );

  it.each([
    ["the start URL's spelling", sessionSection("corp").replace("/start", "/start/")],
    ["the region", sessionSection("corp").replace("eu-west-1", "us-east-1")],
    ["a region that is no region", sessionSection("corp").replace("eu-west-1", "eu-wset")],
    ["no region", sessionSection("corp").replace(/sso_region.*\n/, "")],
    ["an endpoint that is none", `${sessionSection("corp")}endpoint_url = ftp://x\n`],
    ["no such session", sessionSection("other")],
  ])("%s: revokes by the token's file, and removes all", async (_, config) => {
    for (const who of ["corp", "--all"]) {
      const world = await signedInWorld({ config });
      await world.home.write(".aws/sso-cred/inventory-0.json", { emailAddress: "dev@example.com" });
      const { code, stdout, stderr } = await world.call(["logout", who]);
      expect([code, stderr, stdout]).toEqual([0, "", expect.stringMatching(/^Signed out of '.*'\.\n$/)]);
      expect([revoked(world, world.token), await world.home.files(".aws/sso/cache")]).toEqual([true, []]);
    }
  });

  it.each([{ SSO_CRED_LOGIN: "browsre" }, { AWS_USE_FIPS_ENDPOINT: "true" }])(
    "%o: the files are removed anyway",
    async (env) => {
      const world = await signedInWorld({ env });
      const { code, stderr } = await world.call(["logout", "corp"]);
      expect([code, stderr, await world.home.files(".aws/sso/cache")]).toEqual([0, "", []]);
    },
  );

  it("a token of other settings is sent to AWS's own portal of its region, never to an endpoint of the config", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", ({ url }, socket) => {
      asked.push(url ?? "");
      socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void proxy.close());
    const world = await signedInWorld();
    const config = sessionSection("corp", [`endpoint_url = ${world.center.url}`]);
    await world.home.write(".aws/config", config.replace("eu-west-1", "us-east-1"));
    const env = {
      AWS_ENDPOINT_URL_SSO: undefined,
      AWS_ENDPOINT_URL_SSO_OIDC: undefined,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    expect(await world.call(["logout", "corp"], { env })).toMatchObject({ code: 0, stdout: NOT_TOLD });
    expect([asked, world.center.requests]).toEqual([["portal.sso.eu-west-1.amazonaws.com:443"], []]);
  });

  it("a misspelt name does not look like a logout", async () => {
    const { call } = await signedInWorld();
    const { code, stdout, stderr } = await call(["logout", "crop"]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("has no [sso-session crop]; did you mean corp (line 1)?");
  });

  it("a session's listing goes with it", async () => {
    const world = await signedInWorld();
    const path = `.aws/sso-cred/inventory-${sha1("corp")}.json`;
    await world.home.write(path, { accounts: [{ emailAddress: "dev@example.com" }] });
    await world.call(["logout", "corp"]);
    expect(await world.home.exists(path)).toBe(false);
  });

  it("a listing that ends after it leaves no file", async () => {
    const { call, center, home } = await signedInWorld();
    center.misbehave({ path: "/assignment/roles", times: 1, how: { kind: "status", status: 503 } });
    center.misbehave({ path: "/logout", how: { kind: "status", status: 503 } });
    let logout: Promise<unknown> | undefined;
    const onSleep = () => {
      logout ??= call(["logout", "corp"]);
    };
    expect((await call(["list"], { onSleep })).code).toBe(0);
    await logout;
    expect((await home.files(".aws/sso-cred")).filter(({ path }) => path.includes("inventory"))).toEqual([]);
  });
});

describe("logout of an expired token that can be refreshed", () => {
  const expired = { expiresAt: "2020-01-01T00:00:00Z" };
  async function world() {
    const made = await signInWorld();
    const token = tokenFile({ startUrl: START_URL, region: "eu-west-1", ...made.center.signIn() });
    await made.home.write(tokenPath("corp"), { ...token, ...expired });
    return made;
  }

  it("ends the session that its refresh token still opens", async () => {
    const { call, center } = await world();
    expect(await call(["logout", "corp"])).toMatchObject({ code: 0, stdout: TOLD });
    expect(center.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/token", 200],
      ["/logout", 200],
    ]);
  });

  it("or says that it could not", async () => {
    const { call, center } = await world();
    await center.goDown("oidc");
    expect((await call(["logout", "corp"])).stdout).toBe(
      "Signed out of 'corp'; the portal could not be told, so its refresh token lives until the portal's session ends.\n",
    );
  });

  it("prints no other line if the service has forgotten the session", async () => {
    const { call, center } = await world();
    center.revokeSessions();
    expect((await call(["logout", "corp"])).stdout).toBe(TOLD);
  });
});

describe("logout during a sign-in", () => {
  it("ends the worker and its callers, and removes its claims", async () => {
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

  it("wins over a response that arrives after it: nothing is written", async () => {
    const { call, center, home, clock, settled } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "5" },
      center: { intervalSeconds: 1 },
    });
    await call();
    // The token is still in transit when the person signs out.
    center.misbehave({ path: "/token", how: { kind: "latency", ms: 300 } });
    center.approveDevice();
    const answered = () => [...center.state.devices.values()].some(({ decision }) => decision === "redeemed");
    const step = clock.sleep(1_000);
    while (!answered()) await new Promise((resolve) => setTimeout(resolve, 5));
    await call(["logout", "corp"]);
    await step;
    await settled();
    expect(center.state.accessTokens.size).toBe(1);
    // The discarded token must be revoked at the portal.
    expect(center.requests.at(-1)).toMatchObject({ path: "/logout", status: 200 });
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
    await putToken(world, "zzz");
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
    expect([code, stdout, stderr]).toEqual([3, "", `sso-cred: cannot list ${loop} (ELOOP)\n`]);
  });

  it.each([["corp"], ["--all"]])("(%s) removes the files of killed writers", async (who) => {
    const world = await signedInWorld();
    for (const folder of [".aws/sso/cache", ".aws/cli/cache"])
      await world.home.write(`${folder}/.sso-cred-1-a.tmp`, "half a secret");
    expect((await world.call(["logout", who])).code).toBe(0);
    expect(await left(world)).toEqual(NOTHING_LEFT);
  });
});

describe("logout at portals that never respond", () => {
  const sessions = ["corp", "second", "third", "fourth"];

  it.each([
    [["corp"], {}],
    [["corp"], { expiresAt: "2026-01-01T00:00:00Z" }],
    [["--all"], {}],
  ])("%j takes at most 5 s in all, and says that they could not be told", async (args, token) => {
    const world = await signInWorld({ config: sessions.map((name) => sessionSection(name)).join("") });
    for (const name of sessions) {
      await putToken(world, name);
      await world.home.write(tokenPath(name), { ...(await world.home.readJson(tokenPath(name))), ...token });
    }
    world.center.misbehave({ path: /./, how: { kind: "blackHole" } });
    const began = world.clock.now();
    const { code, stdout } = await world.call(["logout", ...args]);
    expect(world.clock.now() - began).toBeLessThanOrEqual(5_000);
    expect(code).toBe(0);
    const named = args[0] === "--all" ? sessions : ["corp"];
    expect(stdout.match(/Signed out of '\w+'; the portal could not be told/g)).toEqual(
      named.map((name) => `Signed out of '${name}'; the portal could not be told`),
    );
  });
});

describe("logout --all", () => {
  it("removes every token and all role credentials, whoever wrote them, and says so", async () => {
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

  it("removes everything on the disk even if the config cannot be read, and then says so", async () => {
    const world = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "2" } });
    const { call, home, center, settled, traces } = world;
    await call();
    await putToken(world, "other");
    await putRole(world, "corp", "One");
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
