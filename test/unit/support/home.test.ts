import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeHome, registrationPath, rolePath, START_URL, tokenPath } from "../../support/home.ts";

const VECTORS = fileURLToPath(new URL("../../vectors/aws-cli-2.36.7/", import.meta.url));
const cacheFiles = (scenario: string, cache: string) =>
  readdirSync(`${VECTORS}${scenario}/dot-aws/${cache}/cache`).map((name) => `.aws/${cache}/cache/${name}`);

it("names cache files as the AWS CLI did", () => {
  const key = { region: "eu-west-1", startUrl: START_URL };
  const scopes = ["sso:account:access"];
  expect(cacheFiles("device-session", "sso")).toEqual(
    [registrationPath({ ...key, scopes, sessionName: "corp" }), tokenPath("corp")].sort(),
  );
  expect(cacheFiles("device-session", "cli")).toEqual([rolePath("corp", "111122223333", "Admin")]);
  expect(cacheFiles("device-legacy", "sso")).toEqual(
    [registrationPath({ ...key, scopes: null, sessionName: null }), tokenPath(START_URL)].sort(),
  );
  expect(cacheFiles("device-legacy", "cli")).toEqual([
    rolePath({ startUrl: START_URL }, "111122223333", "Admin"),
  ]);
});

it("lists files with their modes and goes away", async () => {
  const home = await makeHome({ config: "[default]\n" });
  await home.write(".aws/sso/cache/x.json", { a: 1 }, 0o640);
  expect(await home.files()).toEqual([
    { path: ".aws/config", mode: "600" },
    { path: ".aws/sso/cache/x.json", mode: "640" },
  ]);
  await home.remove();
  expect(await home.files()).toEqual([]);
});
