import { describe, expect, test } from "vitest";
import { SsoCredError } from "../../../src/errors.ts";
import { resolveStartUrl, startUrlRequest } from "../../../src/identityCenter/startUrl.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { answering, httpServer, type Seen } from "../http/servers.ts";

type Answers = Record<string, { status: number; location?: string }>;

async function resolve(startUrl: string, answers: Answers = {}) {
  const asked: string[] = [];
  const resolved = await resolveStartUrl({ startUrl, region: "eu-west-1" }, async (method) => {
    asked.push(method);
    const answer = answers[method];
    if (answer === undefined) throw new Error(`nobody answers ${method}`);
    return answer;
  });
  return { ...resolved, asked };
}

describe("AWS's own start URLs are used as they are, without a request", () => {
  test.each([
    "https://d-1234567890.awsapps.com/start#/",
    "https://corp.awsapps.com/start/",
    "https://start.cn-north-1.home.awsapps.cn/directory/corp#/",
    "https://ssoins-1.portal.us-east-1.app.aws",
    "https://ssoins-1.us-east-1.portal.amazonaws.com",
    "https://ssoins-1.cn-north-1.portal.amazonaws.com.cn",
    "https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn",
    "https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu",
    "https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu",
    "https://identitycenter.amazonaws.com/ssoins-1",
    "https://identitycenter.amazonaws.com.cn/ssoins-1",
    "https://identitycenter.amazonaws.eu/ssoins-1",
    "https://identitycenter.us-gov.amazonaws.com/ssoins-1",
    "https://D-1.AWSAPPS.COM./start",
    "http://127.0.0.1:8080/start",
  ])("%s", async (startUrl) => {
    expect(await resolve(startUrl)).toEqual({ startUrl, region: "eu-west-1", asked: [] });
  });
});

describe("an https start URL on this machine", () => {
  const own = "https://localhost:8443/start";

  test.each<[what: string, answers: Answers]>([
    ["serves a page", { HEAD: { status: 200 } }],
    ["redirects to its own sign-in page", { HEAD: { status: 302, location: "/login" } }],
    ["is out of order", { HEAD: { status: 503 } }],
    ["is out of reach", {}],
  ])("that %s is used as it is", async (_what, answers) => {
    expect(await resolve(own, answers)).toEqual({ startUrl: own, region: "eu-west-1", asked: ["HEAD"] });
  });

  test("that redirects to AWS is resolved", async () => {
    const location = "https://ssoins-1.portal.us-east-2.app.aws/";
    expect(await resolve(own, { HEAD: { status: 302, location } })).toEqual({
      startUrl: "https://ssoins-1.portal.us-east-2.app.aws",
      region: "us-east-2",
      asked: ["HEAD"],
    });
  });

  test("that redirects elsewhere is rejected", async () => {
    const evil = { HEAD: { status: 302, location: "https://evil.example/start" } };
    await expect(resolve(own, evil)).rejects.toThrow(
      "does not lead to AWS: it redirects to https://evil.example",
    );
  });

  test("does not keep Ctrl-C from ending the sign-in", async () => {
    const cancelled = new SsoCredError("cancelled", "cancelled");
    const interrupted = resolveStartUrl({ startUrl: own, region: "eu-west-1" }, () =>
      Promise.reject(cancelled),
    );
    await expect(interrupted).rejects.toBe(cancelled);
  });
});

describe("a company's own start URL", () => {
  const own = "https://sso.example.com/go";

  test.each<[location: string, startUrl: string, region: string]>([
    ["https://d-1.awsapps.com/start/?a=b#/", "https://d-1.awsapps.com/start", "eu-west-1"],
    ["https://ssoins-1.portal.us-east-2.app.aws/", "https://ssoins-1.portal.us-east-2.app.aws", "us-east-2"],
    [
      "//ssoins-1.us-east-2.portal.amazonaws.com",
      "https://ssoins-1.us-east-2.portal.amazonaws.com",
      "us-east-2",
    ],
    [
      "https://s.cn-north-1.portal.amazonaws.com.cn",
      "https://s.cn-north-1.portal.amazonaws.com.cn",
      "cn-north-1",
    ],
    [
      "https://s.portal.cn-north-1.app.amazonwebservices.com.cn",
      "https://s.portal.cn-north-1.app.amazonwebservices.com.cn",
      "cn-north-1",
    ],
    [
      "https://s.eusc-de-east-1.portal.amazonaws.eu",
      "https://s.eusc-de-east-1.portal.amazonaws.eu",
      "eusc-de-east-1",
    ],
    [
      "https://s.portal.eusc-de-east-1.api.amazonwebservices.eu",
      "https://s.portal.eusc-de-east-1.api.amazonwebservices.eu",
      "eusc-de-east-1",
    ],
    ["https://d-1.awsapps.com:8443/start", "https://d-1.awsapps.com:8443/start", "eu-west-1"],
  ])("that redirects to %s", async (location, startUrl, region) => {
    expect(await resolve(own, { HEAD: { status: 302, location } })).toEqual({
      startUrl,
      region,
      asked: ["HEAD"],
    });
  });

  test.each([405, 501])("is requested by GET if HEAD gets the response %i", async (status) => {
    const answers = { HEAD: { status }, GET: { status: 308, location: "https://d-1.awsapps.com/start" } };
    expect(await resolve(own, answers)).toEqual({
      startUrl: "https://d-1.awsapps.com/start",
      region: "eu-west-1",
      asked: ["HEAD", "GET"],
    });
  });

  const astray = `sso_start_url ${own} does not lead to AWS: `;
  test.each<[answer: Answers[string], kind: string, message: string]>([
    [
      { status: 302, location: "https://evil.example/start" },
      "config",
      `${astray}it redirects to https://evil.example`,
    ],
    [
      { status: 302, location: "https://evil-awsapps.com/" },
      "config",
      `${astray}it redirects to https://evil-awsapps.com`,
    ],
    [
      { status: 302, location: "http://d-1.awsapps.com/start" },
      "config",
      `${astray}it redirects to http://d-1.awsapps.com`,
    ],
    [{ status: 302, location: "/login" }, "config", `${astray}it redirects to https://sso.example.com`],
    [{ status: 302, location: "https://" }, "config", `${astray}it redirects to nowhere`],
    [{ status: 302 }, "config", `${astray}it redirects to nowhere`],
    [{ status: 200 }, "config", `${astray}it answers HTTP 200 and no redirect`],
    [{ status: 404 }, "config", `${astray}it answers HTTP 404 and no redirect`],
    [{ status: 503 }, "unavailable", `sso.example.com answered HTTP 503 to the start URL ${own}`],
    [{ status: 407 }, "unavailable", `sso.example.com answered HTTP 407 to the start URL ${own}`],
  ])("that answers %j is %s", async (answer, kind, message) => {
    await expect(resolve(own, { HEAD: answer })).rejects.toMatchObject({ kind, message });
  });
});

test("the start URL's redirect is reported, not followed", async () => {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 302, { location: "https://d-1.awsapps.com/start" }, ""));
  const ask = startUrlRequest(
    { startUrl: `${server.url}/x`, caBundle: undefined, name: "corp", loginArguments: "corp" },
    fakeSystem(),
  );
  expect(await ask("HEAD")).toEqual({
    status: 302,
    location: "https://d-1.awsapps.com/start",
  });
  expect(seen).toMatchObject([{ method: "HEAD", path: "/x" }]);
});

test("a start URL whose host does not exist is named with its section", async () => {
  const session = {
    name: "corp",
    loginArguments: "corp",
    startUrl: "https://sso.nowhere.invalid/start",
    region: "eu-west-1",
    caBundle: undefined,
  };
  const request = startUrlRequest(session, fakeSystem());
  await expect(request("HEAD")).rejects.toThrow(
    /^cannot (?:look up host sso\.nowhere\.invalid: are you online|find host sso\.nowhere\.invalid: are you online, and is sso_start_url in \[sso-session corp\] right)\?$/,
  );
});
