import { describe, expect, it } from "vitest";
import { SsoCredError } from "../../src/errors.ts";
import { isoSeconds, registrationPath, START_URL } from "../support/home.ts";
import { type SignInWorld, signInWorld, type WorldOptions } from "../support/signInWorld.ts";

const KEY = { region: "eu-west-1", scopes: ["sso:account:access"], sessionName: "corp", startUrl: START_URL };
const FILE = registrationPath(KEY);
const DEVICE: WorldOptions = { env: { SSO_CRED_LOGIN: "device" } };

/** A registration that the service knows, in the form that the AWS CLI caches. */
async function putRegistration(
  { home, center, clock }: SignInWorld,
  grantTypes: string[] | undefined,
  minutesLeft: number,
): Promise<string> {
  const { clientId = "" } = center.signIn({
    grantTypes: grantTypes ?? ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
  });
  const client = center.state.registrations.get(clientId);
  if (!client) throw new Error("no such client");
  client.redirectUris = ["http://127.0.0.1/oauth/callback"];
  client.expiresAt = clock.now() + minutesLeft * 60_000;
  const file = {
    clientId,
    clientSecret: client.clientSecret,
    expiresAt: isoSeconds(client.expiresAt),
    scopes: KEY.scopes,
    ...(grantTypes ? { grantTypes } : {}),
  };
  await home.write(FILE, file);
  return clientId;
}

const CODE = ["authorization_code", "refresh_token"];

describe("the client registration", () => {
  it("is kept in the AWS CLI's file and used for the next sign-in", async () => {
    const { call, center, home } = await signInWorld();
    await call();
    const { clientId, clientSecret, ...rest } = await home.readJson(FILE);
    expect(rest).toEqual({ expiresAt: expect.any(String), scopes: KEY.scopes, grantTypes: CODE });
    expect(center.state.registrations.get(String(clientId))?.clientSecret).toBe(clientSecret);
    await call(["login", "corp"]);
    expect(center.count("/client/register")).toBe(1);
  });

  it.each([
    ["browser", {}, CODE, 16, 0],
    ["browser", {}, CODE, 14, 1],
    ["browser", {}, undefined, 60, 1],
    ["device", DEVICE, undefined, 16, 0],
    ["device", DEVICE, undefined, 14, 1],
    ["device", DEVICE, CODE, 60, 1],
  ])(
    "in the %s grant (%o), made for %o with %d minutes left: %d new",
    async (_, options, grantTypes, minutes, expected) => {
      const world = await signInWorld(options);
      await putRegistration(world, grantTypes, minutes);
      expect((await world.call()).code).toBe(0);
      expect(world.center.count("/client/register")).toBe(expected);
    },
  );

  it("that the service has forgotten is renewed within the same sign-in with a code", async () => {
    const world = await signInWorld(DEVICE);
    const forgotten = await putRegistration(world, undefined, 60);
    world.center.state.registrations.delete(forgotten);
    expect((await world.call()).code).toBe(0);
    expect(world.center.count("/client/register")).toBe(1);
    expect(world.opened()).toHaveLength(1);
  });

  it("that the service has forgotten is renewed by the next sign-in in the browser", async () => {
    const world = await signInWorld({ env: { SSO_CRED_WAIT: "5" } });
    const forgotten = await putRegistration(world, CODE, 60);
    world.center.state.registrations.delete(forgotten);
    expect((await world.call()).code).toBe(4);
    expect((await world.settled())[0]).toContain("Unknown client");
    expect(await world.home.exists(FILE)).toBe(false);
    expect((await world.call(["login", "corp"])).code).toBe(0);
    expect(world.center.count("/client/register")).toBe(1);
  });

  it("that the service has forgotten is renewed by the sign-in after a refresh with it was refused", async () => {
    const world = await signInWorld();
    expect((await world.call()).code).toBe(0);
    world.center.expireRegistrations();
    world.clock.advance(2 * 3600_000);
    expect((await world.call()).code).toBe(0);
    expect(world.center.count("/client/register")).toBe(2);
  });

  /** A world in which a caller waits for a page that shows "Unknown client". */
  async function stuck() {
    const world = await signInWorld();
    const forgotten = await putRegistration(world, CODE, 60);
    world.center.state.registrations.delete(forgotten);
    const interrupt = { now: false };
    const onSleep = () => {
      if (interrupt.now) throw new SsoCredError("cancelled", "cancelled");
    };
    const calling = world.call(["login", "corp"], { onSleep });
    await expect.poll(() => world.center.count("/authorize")).toBe(1);
    return { world, interrupt, calling };
  }

  it.each([
    ["Ctrl-C", 130, undefined],
    ["a logout", 4, ["logout", "corp"]],
    ["another login", 0, ["login", "corp"]],
  ])("that the service has forgotten is renewed after %s has ended its page", async (_, code, by) => {
    const { world, interrupt, calling } = await stuck();
    if (by) expect((await world.call(by)).code).toBe(0);
    else interrupt.now = true;
    expect((await calling).code).toBe(code);
    expect((await world.call(["login", "corp"])).code).toBe(0);
    expect(world.center.count("/client/register")).toBe(1);
  });

  it("that cannot be stored costs only a request", async () => {
    const { call, home } = await signInWorld();
    await home.write(`${FILE}/a folder in its place`, "");
    expect((await call()).code).toBe(0);
  });

  it("requests the same as the AWS CLI", async () => {
    const { call, center } = await signInWorld();
    await call();
    expect(center.requests[0]?.body).toEqual({
      clientName: "botocore-client-corp",
      clientType: "public",
      scopes: ["sso:account:access"],
      grantTypes: CODE,
      redirectUris: ["http://127.0.0.1/oauth/callback"],
      issuerUrl: START_URL,
    });
  });
});

describe.each([
  ["without scopes", "", null],
  ["with an empty list of scopes", "sso_registration_scopes =\n", []],
])("a session %s", (_, line, scopes) => {
  const config = `[sso-session corp]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n${line}`;
  const path = registrationPath({ ...KEY, scopes });

  it("requests the AWS CLI's in the browser grant", async () => {
    const { call, center, home, opened } = await signInWorld({ config });
    expect((await call()).code).toBe(0);
    expect(center.requests[0]?.body).toMatchObject({ scopes: ["sso:account:access"] });
    expect(new URL(String(opened()[0])).searchParams.get("scopes")).toBe("sso:account:access");
    expect(await home.readJson(path)).toMatchObject({ scopes: ["sso:account:access"] });
  });

  it("requests none with a code", async () => {
    const { call, center, home } = await signInWorld({ config, ...DEVICE });
    await call();
    expect(center.requests[0]?.body).toEqual({ clientName: "botocore-client-corp", clientType: "public" });
    expect(await home.readJson(path)).not.toHaveProperty("scopes");
  });
});
