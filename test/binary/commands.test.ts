import { describe, expect, it } from "vitest";
import { binaryWorld, signedIn, signedInWorld } from "../support/binaryWorld.ts";
import { isoSeconds, START_URL, sessionSection, tokenFile, tokenPath } from "../support/home.ts";

describe("logout", () => {
  it("while offline: exit 0, the local files are removed, one line says that the portal could not be told", async () => {
    const world = await signedInWorld();
    await world.center.goDown();
    const { code, stdout, stderr } = await world.run(["logout"]);
    const line =
      "Signed out of 'corp'; the portal could not be told, so the token itself lives until it expires.\n";
    expect([code, stdout, stderr]).toEqual([0, line, ""]);
    expect(await world.home.files(".aws/sso/cache")).toEqual([]);
  });

  it("then login and a call work, as a person does them", async () => {
    const { run, browser } = await signedInWorld();
    expect(await run(["logout", "corp"])).toMatchObject({
      code: 0,
      stdout: "Signed out of 'corp'.\n",
      stderr: "",
    });
    const { code, stdout, stderr } = await run(["login", "corp"]);
    expect([code, stdout, stderr]).toEqual([
      0,
      "Signed in to 'corp'; refreshed automatically until your organisation's session ends.\n",
      "",
    ]);
    expect((await run()).code).toBe(0);
    expect(browser.opened()).toHaveLength(1);
  });
});

describe("login", () => {
  it("keeps stdout clean for what it prints at the end", async () => {
    const world = await binaryWorld({ browser: "ignore" });
    const running = world.run(["login", "--use-device-code"]);
    const { url, userCode } = await world.pending("open");
    world.center.approveDevice();
    const { code, stdout, stderr } = await running;
    const lines = `Sign in to 'corp' in your browser.\nIf it does not open, visit:\n\n  ${url}?user_code=${userCode}\n\nand check that the page shows this code:\n\n  ${userCode}\n\nWaiting for your browser … (Ctrl-C cancels)\n`;
    expect([code, stderr, stdout.split("\n").length]).toEqual([0, lines, 2]);
  });
});

describe("status", () => {
  const past = isoSeconds(Date.now() - 3600_000);
  const future = isoSeconds(Date.now() + 3600_000);
  const later = String.raw`in (59|60) min, \d\d:\d\d`;
  const ago = String.raw`expired (60|61) min ago, \d\d:\d\d`;
  /** The emulator's address is not AWS's, so status names it. */
  const endpoints = ({ center }: { center: { url: string } }) => `, endpoint ${center.url}`;

  it.each([
    [
      "a token that lives",
      { expiresAt: future },
      0,
      "signed in; refreshed automatically until your organisation's session ends",
    ],
    [
      "one without a refresh token",
      { expiresAt: future, refreshToken: undefined },
      0,
      `signed in; ends ${later}`,
    ],
    ["an expired one", { expiresAt: past }, 0, `${ago}, refreshed at the next call`],
    ["an expired one without a refresh token", { expiresAt: past, refreshToken: undefined }, 4, ago],
    ["an expired one of an expired client", { expiresAt: past, registrationExpiresAt: past }, 4, ago],
    [
      "one of another start URL",
      { startUrl: "https://x.awsapps.com/start" },
      4,
      "not signed in; the token in .*json is for another start URL, region or endpoint",
    ],
  ])("of %s", async (_, token, code, words) => {
    const world = await signedInWorld({}, token);
    const found = await world.run(["status"]);
    expect(found).toMatchObject({ code, stderr: "" });
    expect(found.stdout).toMatch(new RegExp(`^corp: ${words}${endpoints(world)}\n$`));
    expect(world.center.requests).toEqual([]);
  });

  it("as JSON, of every session, also of legacy profiles", async () => {
    const legacyUrl = "https://old.awsapps.com/start";
    const legacy = `[profile old]\nsso_start_url = ${legacyUrl}\nsso_region = us-east-1\n`;
    const world = await binaryWorld({ config: sessionSection("corp") + legacy });
    await signedIn(world, { expiresAt: future });
    const token = { startUrl: legacyUrl, region: "us-east-1", ...world.center.signIn() };
    await world.home.write(tokenPath(legacyUrl), { ...tokenFile(token), expiresAt: future });
    const { code, stdout, stderr } = await world.run(["status", "--json"]);
    const foreignEndpoints = [world.center.url];
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toEqual([
      {
        session: "corp",
        startUrl: START_URL,
        region: "eu-west-1",
        signedIn: true,
        expiresAt: future,
        refreshable: true,
        usable: true,
        tokenFault: null,
        loginPending: false,
        foreignEndpoints,
      },
      {
        session: null,
        startUrl: legacyUrl,
        region: "us-east-1",
        signedIn: true,
        expiresAt: future,
        refreshable: false,
        usable: true,
        tokenFault: null,
        loginPending: false,
        foreignEndpoints,
      },
    ]);
  });

  it("of several: exit 4 if one of the named sessions needs a person", async () => {
    const world = await binaryWorld({ config: sessionSection("corp") + sessionSection("other") });
    await signedIn(world, { expiresAt: future });
    const codes = [];
    for (const args of [["corp"], ["other"], ["corp", "other"], [], ["--sso-session", "corp"]]) {
      codes.push((await world.run(["status", ...args])).code);
    }
    expect(codes).toEqual([0, 4, 4, 4, 0]);
  });

  it("says that a sign-in is open", async () => {
    const world = await binaryWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "1" } });
    await world.run();
    await world.pending("open");
    const { code, stdout } = await world.run(["status"]);
    expect([code, stdout]).toEqual([4, `corp: not signed in, a sign-in is open${endpoints(world)}\n`]);
  });

  it("of an unknown session, or without any session, is one sentence", async () => {
    const world = await binaryWorld();
    expect(await world.run(["status", "crop"])).toMatchObject({
      code: 3,
      stdout: "",
      stderr: `sso-cred: ${world.home.configFile} has no [sso-session crop]; did you mean corp (line 1)?\n`,
    });
    const empty = await binaryWorld({ config: "" });
    expect(await empty.run(["status"])).toMatchObject({
      code: 3,
      stdout: "",
      stderr: `sso-cred: ${empty.home.configFile} has no [sso-session]\n  run: sso-cred init\n`,
    });
  });
});

it("a disk that cannot take role credentials makes no call fail", async () => {
  const world = await signedInWorld();
  await world.home.write(".aws/cli", "in the way");
  expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
});
