import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { fakeSystem } from "../support/fakeSystem.ts";
import { START_URL, sessionSection, tokenPath } from "../support/home.ts";
import {
  ASSIGNMENT,
  inSeconds,
  pathsAsked,
  readTokenFile,
  roleArguments,
  signedInWorld,
  type TokenRequest,
} from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld } from "../support/signInWorld.ts";

const refusing = ({ center }: SignInWorld) =>
  center.misbehave({
    path: "/token",
    how: { kind: "status", status: 400, body: { error: "invalid_grant" } },
  });
const bearers = ({ center }: SignInWorld) =>
  center.requests
    .filter(({ path }) => path === ASSIGNMENT)
    .map(({ headers }) => headers["x-amz-sso_bearer_token"]);

describe("a token with 15 minutes left", () => {
  it("is used as it is", async () => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 900 });
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
    expect(bearers(world)).toEqual([file.accessToken]);
  });

  it("is refreshed with a second less, and the file is the AWS CLI's", async () => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 899 });
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual(["/token", ASSIGNMENT]);
    const [{ body } = { body: {} }] = world.center.requests;
    const { clientId, clientSecret, refreshToken } = file;
    expect(body).toEqual({ grantType: "refresh_token", clientId, clientSecret, refreshToken });
    const text = await world.home.read(tokenPath("corp"));
    const now = JSON.parse(text);
    expect(now).toEqual({
      ...file,
      accessToken: bearers(world)[0],
      refreshToken: expect.stringMatching(/^aor/),
      expiresAt: inSeconds(world, 3600),
    });
    expect(now.refreshToken).not.toBe(refreshToken);
    expect(Object.keys(now)).toEqual([
      "startUrl",
      "region",
      "accessToken",
      "expiresAt",
      "clientId",
      "clientSecret",
      "registrationExpiresAt",
      "refreshToken",
    ]);
    expect((await world.home.files(".aws/sso")).map(({ mode }) => mode)).toEqual(["600"]);
  });
});

it("a token file that is half-written at any one look costs no refresh", async () => {
  const { file, ...world } = await signedInWorld({ secondsLeft: 3600 });
  const [whole, path] = [JSON.stringify(file), join(world.home.path, tokenPath("corp"))];
  for (let torn = 1, looks = 1; torn <= looks; torn++) {
    looks = 0;
    const env = new Proxy(
      { ...world.center.env, ...world.home.env, SSO_CRED_CACHE: "off", SSO_CRED_LOGIN: "never" },
      {
        get(target, name) {
          // Every path of a cache begins with a look at HOME.
          if (name === "HOME") writeFileSync(path, ++looks === torn ? whole.slice(0, 99) : whole);
          return Reflect.get(target, name);
        },
      },
    );
    const system = fakeSystem({ env, clock: world.clock });
    expect({ torn, code: await runCli(MAIN_JOB, system) }).toEqual({ torn, code: 0 });
  }
  expect(world.center.count("/token")).toBe(0);
});

describe("a refresh", () => {
  it("keeps the refresh token if the response omits it", async () => {
    const { file, ...world } = await signedInWorld({
      secondsLeft: -1,
      center: { omitRefreshToken: ["refresh"] },
    });
    expect((await world.call()).code).toBe(0);
    expect((await readTokenFile(world)).refreshToken).toBe(file.refreshToken);
  });

  it("keeps fields that other tools wrote", async () => {
    const world = await signedInWorld({ secondsLeft: -1, fields: { theirs: { list: [1, null] } } });
    expect((await world.call()).code).toBe(0);
    expect((await readTokenFile(world)).theirs).toEqual({ list: [1, null] });
  });

  it("works without the registration's expiry in the file", async () => {
    const world = await signedInWorld({ secondsLeft: -1, fields: { registrationExpiresAt: undefined } });
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual(["/token", ASSIGNMENT]);
  });

  it("is one for all callers, whatever their roles", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    const roles = ["ReadOnly", "Admin", "ReadOnly", "Admin", "ReadOnly", "Admin"];
    const calls = await Promise.all(roles.map((role) => world.call(roleArguments(role))));
    expect(calls.map(({ code, stderr }) => [code, stderr])).toEqual(roles.map(() => [0, ""]));
    expect([world.center.count("/token"), world.center.count(ASSIGNMENT)]).toEqual([1, 2]);
  });
});

describe("a refresh that is impossible or fails leaves a token with 60 s left in use", () => {
  const cases: [string, TokenRequest["fields"]][] = [
    ["there is no refresh token", { refreshToken: undefined }],
    ["there is no client", { clientId: undefined }],
    ["the registration has expired", { registrationExpiresAt: "2020-01-01T00:00:00Z" }],
  ];
  it.each(cases)("%s", async (_, fields = {}) => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 60, fields });
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
    expect(bearers(world)).toEqual([file.accessToken]);
  });

  it("the service is out of reach", async () => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 70 });
    world.center.misbehave({ path: "/token", how: { kind: "captivePortal" } });
    expect((await world.call()).code).toBe(0);
    expect(bearers(world)).toEqual([file.accessToken]);
    expect(await readTokenFile(world)).toEqual({ ...file });
  });

  it("the service rejects it: once a minute, not for each role", async () => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 600 });
    refusing(world);
    expect((await world.call(roleArguments("ReadOnly"))).code).toBe(0);
    expect((await world.call(roleArguments("Admin"))).code).toBe(0);
    expect(bearers(world)).toEqual([file.accessToken, file.accessToken]);
    expect(world.center.count("/token")).toBe(1);
    expect(world.opened()).toEqual([]);
  });

  it("but not a token with 59 s left: a person is asked", async () => {
    const world = await signedInWorld({ secondsLeft: 59, fields: { refreshToken: undefined } });
    expect((await world.call()).code).toBe(0);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });
});

describe("an outage is no reason to ask a person or to remove a token", () => {
  it.each([59, -1, -86_400])("with %d s left: exit 7, and the file stays as it is", async (secondsLeft) => {
    const world = await signedInWorld({ secondsLeft });
    const before = await world.home.read(tokenPath("corp"));
    world.center.misbehave({ path: "/token", how: { kind: "captivePortal" } });
    const { code, stdout } = await world.call();
    expect([code, stdout]).toEqual([7, ""]);
    expect(world.opened()).toEqual([]);
    expect(await world.home.read(tokenPath("corp"))).toBe(before);
  });
});

describe("a legacy profile's token", () => {
  const config =
    `[profile old]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n` +
    "sso_account_id = 123456789011\nsso_role_name = ReadOnly\n";
  const old = ["--profile", "old"];

  it("is used while it has 60 s left, and never refreshed", async () => {
    const { file, ...world } = await signedInWorld({ secondsLeft: 60, session: START_URL, config });
    const { code, stdout } = await world.call(old);
    expect([code, JSON.parse(stdout).AccountId]).toEqual([0, "123456789011"]);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
    expect(bearers(world)).toEqual([file.accessToken]);
  });

  it("is then replaced by a sign-in with a device code", async () => {
    const world = await signedInWorld({ secondsLeft: 59, session: START_URL, config });
    expect((await world.call(old)).code).toBe(0);
    expect(world.center.count("/device_authorization")).toBe(1);
    const bodies = world.center.requests.map(({ body }) => (body as { grantType?: string })?.grantType);
    expect(bodies).not.toContain("refresh_token");
    await world.settled();
  });
});

describe("a token of another start URL or region", () => {
  it.each([
    ["start URL", { startUrl: "https://other.awsapps.com/start" }],
    ["region", { region: "us-east-1" }],
  ])("is never sent, never refreshed, and stays: %s", async (_, fields) => {
    const { file, ...world } = await signedInWorld({ fields, env: { CI: "1" } });
    const { code, stdout } = await world.call();
    expect([code, stdout]).toEqual([4, ""]);
    expect(pathsAsked(world)).toEqual([]);
    expect(await readTokenFile(world)).toEqual(file);
  });

  it("is used by the session it belongs to", async () => {
    const config = sessionSection("corp").replace("eu-west-1", "us-east-1");
    const world = await signedInWorld({ fields: { region: "us-east-1" }, config });
    expect((await world.call()).code).toBe(0);
  });
});

it("a new token that no header can carry is unavailable, and leaves the token file as it is", async () => {
  const { file, ...world } = await signedInWorld({ secondsLeft: -1 });
  const body = { accessToken: "at\r\nx-evil: 1", refreshToken: "rt-2", tokenType: "Bearer", expiresIn: 3600 };
  world.center.misbehave({ path: "/token", how: { kind: "status", status: 200, body } });
  const { code, stderr } = await world.call();
  expect([code, stderr]).toEqual([7, expect.stringContaining("CreateToken with a malformed accessToken")]);
  expect(await readTokenFile(world)).toEqual(file);
});
