import { createServer } from "node:https";
import { beforeEach, describe, expect, it } from "vitest";
import { isoSeconds, START_URL, tokenFile, tokenPath } from "../support/home.ts";
import type { TestProxy } from "../support/proxy.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";
import { listen, temporaryProxy } from "../support/temporary.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

/** A company's own address that redirects to AWS. */
let ownUrl: string;
let proxy: TestProxy;
let leadsTo: string;
let asked: string[];

beforeEach(async () => {
  asked = [];
  leadsTo = "https://ssoins-1.portal.eu-west-1.app.aws";
  const company = createServer(SERVER_TLS, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(302, { location: leadsTo }).end();
  });
  ownUrl = `https://start.sso-cred.test:${await listen(company)}/aws`;
  proxy = await temporaryProxy({ hosts: { "start.sso-cred.test": "127.0.0.1" } });
});

function world(options: { device?: boolean } = {}): Promise<SignInWorld> {
  return signInWorld({
    config: `[sso-session corp]\nsso_start_url = ${ownUrl}\nsso_region = eu-west-1\n`,
    env: {
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
      AWS_CA_BUNDLE: CA_FILE,
      ...(options.device ? { SSO_CRED_LOGIN: "device" } : {}),
    },
  });
}

describe("a company's own start URL", () => {
  it("is followed at the sign-in, and its files keep what is configured", async () => {
    const { call, center, home } = await world();
    expect(await call()).toMatchObject({ code: 0, stderr: "" });
    expect(asked).toEqual(["HEAD /aws"]);
    expect(center.requests[0]?.body).toMatchObject({ issuerUrl: leadsTo });
    expect(await home.readJson(tokenPath("corp"))).toMatchObject({ startUrl: ownUrl });
  });

  it("is requested by doctor, which says where it leads", async () => {
    const { call } = await world();
    expect((await call(["doctor"])).stdout).not.toContain("start-url-unusable");
    leadsTo = "https://example.com/";
    const { code, stdout } = await call(["doctor", "--json"]);
    expect(code).toBe(8);
    expect(stdout).toContain("does not lead to AWS: it redirects to https://example.com");
  });

  it("is followed for a code, too", async () => {
    const { call, center } = await world({ device: true });
    expect((await call()).code).toBe(0);
    const [request] = center.requests.filter(({ path }) => path === "/device_authorization");
    expect(request?.body).toMatchObject({ startUrl: leadsTo });
  });

  it("is not requested by calls without a sign-in, refreshes included", async () => {
    const { call, center, home, clock } = await world();
    const token = { startUrl: ownUrl, region: "eu-west-1", ...center.signIn() };
    const expired = { ...tokenFile(token), expiresAt: isoSeconds(clock.now() - 1000) };
    await home.write(tokenPath("corp"), expired);
    expect((await call()).code).toBe(0);
    expect([center.count("/token"), asked]).toEqual([1, []]);
  });

  it("that leads to another region makes the message say what to change", async () => {
    leadsTo = "https://ssoins-1.portal.us-east-2.app.aws";
    const { call, center, opened } = await world();
    const { code, stdout, stderr } = await call();
    expect([code, stdout, opened(), center.requests]).toEqual([3, "", [], []]);
    expect(stderr).toBe(
      `sso-cred: ${ownUrl} leads to the region us-east-2, but [sso-session corp] says sso_region = eu-west-1; set sso_region = us-east-2\n`,
    );
  });

  it("that leads elsewhere fails the sign-in, and no call that needs none", async () => {
    leadsTo = "https://evil.example/";
    const { call, center, opened } = await world();
    const { code, stderr } = await call(MAIN_JOB);
    expect([code, opened(), center.requests]).toEqual([3, [], []]);
    expect(stderr).toContain("start.sso-cred.test");
  });
});

it("AWS's own start URL is used as it is written, without a request", async () => {
  const startUrl = `${START_URL}#/`;
  const { call, center } = await signInWorld({
    config: `[sso-session corp]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n`,
    env: { HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.1" },
  });
  expect((await call()).code).toBe(0);
  expect([center.requests[0]?.body, proxy.requests]).toEqual([
    expect.objectContaining({ issuerUrl: startUrl }),
    [],
  ]);
});
