import { readFileSync } from "node:fs";
import { get } from "node:https";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Home } from "../../support/home.ts";
import { start } from "../../support/run.ts";
import { temporaryHome } from "../../support/temporary.ts";
import { CA_FILE } from "../../support/testCertificates.ts";

const MAIN = fileURLToPath(new URL("../../identityCenter/main.ts", import.meta.url));

const tls = (name: string) => fileURLToPath(new URL(`../../tls/${name}`, import.meta.url));

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

async function startMain(...args: string[]) {
  const running = start(process.execPath, ["--no-warnings", MAIN, "--control", ...args], { home });
  onTestFinished(() => running.killGroup());
  await expect.poll(running.stdout).toContain("\n");
  const { url, urls, controlUrl } = JSON.parse(running.stdout());
  const control = async (name: string, orders?: object) => {
    const options = orders ? { method: "POST", body: JSON.stringify(orders) } : {};
    return (await fetch(`${controlUrl}/_control/${name}`, options)).json() as Promise<Record<string, never>>;
  };
  return { url, urls, control } as { url: string; urls: Record<string, string>; control: typeof control };
}

it("is driven from another process", async () => {
  const { url, control } = await startMain();
  const accounts = async (token: unknown) => {
    const headers = { "x-amz-sso_bearer_token": String(token) };
    return (await fetch(`${url}/assignment/accounts`, { headers })).status;
  };
  await control("accounts", { generate: { accounts: 1000, roles: 2 } });
  const token = await control("signIn", {});
  expect(token.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(await accounts(token.accessToken)).toBe(200);

  const how = { kind: "status", status: 429 };
  await control("misbehave", { pathPattern: "^/assignment/", times: 1, skip: 1, how });
  expect([await accounts(token.accessToken), await accounts(token.accessToken)]).toEqual([200, 429]);
  await control("advance", { seconds: 3600 });
  expect(await accounts(token.accessToken)).toBe(401);

  await control("goDown", {});
  await expect(accounts(token.accessToken)).rejects.toThrow("fetch failed");
  await control("comeBack", {});
  expect(await control("state")).toMatchObject({
    accounts: 1000,
    accessTokens: 1,
    liveAccessTokens: 0,
    counts: { "/assignment/accounts": 4 },
  });
  expect(await control("requests")).toMatchObject([200, 200, 429, 401].map((status) => ({ status })));
  expect(await control("approveDevice", {})).toHaveProperty("error");
  expect(await control("nonsense", {})).toHaveProperty("error");
});

it("starts a server for each service, with TLS where it is given a certificate", async () => {
  const { urls } = await startMain(
    "--separate",
    "--tls-key",
    tls("server.key"),
    "--tls-cert",
    tls("server.pem"),
  );
  expect(new Set(Object.values(urls)).size).toBe(3);
  const status = await new Promise((resolve, reject) => {
    get(`${urls.portal}/assignment/accounts`, { ca: readFileSync(CA_FILE) }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
  expect(status).toBe(401);
});

it("ends when its standard input ends, if told so", async () => {
  const running = start(process.execPath, ["--no-warnings", MAIN, "--until-stdin-ends"], { home, stdin: "" });
  onTestFinished(() => running.killGroup());
  expect((await running.done).code).toBe(0);
});
