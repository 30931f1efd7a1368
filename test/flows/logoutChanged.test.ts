import { describe, expect, it } from "vitest";
import { atAws } from "../support/atAws.ts";
import { sessionSection, sha1 } from "../support/home.ts";
import { NOT_TOLD } from "../support/logoutWorld.ts";
import { signedInWorld } from "../support/signedIn.ts";
import type { SignInWorld } from "../support/signInWorld.ts";

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
    const world = await signedInWorld();
    const config = sessionSection("corp", [`endpoint_url = ${world.center.url}`]);
    await world.home.write(".aws/config", config.replace("eu-west-1", "us-east-1"));
    const { asked, env } = await atAws();
    expect(await world.call(["logout", "corp"], { env })).toMatchObject({ code: 0, stdout: NOT_TOLD });
    expect([asked, world.center.requests]).toEqual([["CONNECT portal.sso.eu-west-1.amazonaws.com:443"], []]);
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
