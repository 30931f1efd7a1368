import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { manifests } from "../../../scripts/release/manifests.ts";

const archive = (target: string, name: string) => ({ target, name, sha256: "0123456789abcdef".repeat(4) });
const MADE = manifests({
  version: "1.2.3",
  description: "A helper.",
  homepage: "https://github.com/sso-cred/sso-cred",
  archives: [
    archive("linux-x64", "sso-cred-1.2.3-linux-x64.tar.gz"),
    archive("darwin-arm64", "sso-cred-1.2.3-darwin-arm64.tar.gz"),
    archive("win-x64", "sso-cred-1.2.3-win-x64.zip"),
  ],
});
const ADDRESS = "https://github.com/sso-cred/sso-cred/releases/download/v1.2.3/sso-cred-1.2.3";
const made = (file: string) => MADE[file] ?? "";

/** The keys of our winget manifests, as winget-cli's schemas for 1.6.0 limit them. */
const WINGET: Readonly<Record<string, RegExp>> = {
  PackageIdentifier: /^[\w-]{1,32}(\.[\w-]{1,32}){1,7}$/,
  PackageVersion: /^\d+\.\d+\.\d+$/,
  ManifestVersion: /^1\.6\.0$/,
  ManifestType: /^(version|installer|defaultLocale)$/,
  DefaultLocale: /^en-US$/,
  PackageLocale: /^en-US$/,
  Publisher: /^.{2,256}$/,
  PackageName: /^.{2,256}$/,
  PackageUrl: /^https:\/\/.{1,2000}$/,
  License: /^.{3,512}$/,
  ShortDescription: /^".{3,256}"$/,
  InstallerType: /^zip$/,
  NestedInstallerType: /^portable$/,
  RelativeFilePath: /^.{1,512}$/,
  PortableCommandAlias: /^.{1,40}$/,
  Architecture: /^x64$/,
  InstallerUrl: /^https:\/\/.{1,2000}$/,
  InstallerSha256: /^[A-F0-9]{64}$/,
};
const EVERYWHERE = ["PackageIdentifier", "PackageVersion", "ManifestType", "ManifestVersion"];

test.each([
  ["winget/SsoCred.SsoCred.yaml", ["DefaultLocale"]],
  [
    "winget/SsoCred.SsoCred.installer.yaml",
    ["Installers", "Architecture", "InstallerUrl", "InstallerSha256", "RelativeFilePath"],
  ],
  [
    "winget/SsoCred.SsoCred.locale.en-US.yaml",
    ["PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"],
  ],
])("%s has the required keys, and values within winget's limits", (file, required) => {
  const keys = [...made(file).matchAll(/^(?:- | {2})?(\w+):(?: (.*))?$/gm)];
  expect(keys.map(([, key]) => key)).toEqual(expect.arrayContaining([...EVERYWHERE, ...required]));
  for (const [, key = "", value] of keys)
    if (value !== undefined)
      expect({ key, value }).toEqual({ key, value: expect.stringMatching(WINGET[key] ?? /^$/) });
});

test("winget's installer is the archive", () => {
  expect(made("winget/SsoCred.SsoCred.installer.yaml")).toContain(`InstallerUrl: ${ADDRESS}-win-x64.zip\n`);
});

test("Scoop's manifest names the archive, with the keys and forms of Scoop's schema", () => {
  const manifest = JSON.parse(made("scoop/sso-cred.json"));
  expect(manifest).toEqual({
    version: "1.2.3",
    description: "A helper.",
    homepage: "https://github.com/sso-cred/sso-cred",
    license: "MIT",
    architecture: {
      "64bit": { url: `${ADDRESS}-win-x64.zip`, hash: expect.stringMatching(/^[a-f0-9]{64}$/) },
    },
    bin: "sso-cred.exe",
    checkver: "github",
    autoupdate: {
      architecture: { "64bit": { url: `${ADDRESS.replaceAll("1.2.3", "$version")}-win-x64.zip` } },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  });
});

const FORMULA = "homebrew/sso-cred.rb";

test("the Homebrew formula names the archives and their sums", () => {
  const formula = made(FORMULA);
  expect(formula).toContain(`url "${ADDRESS}-darwin-arm64.tar.gz"`);
  expect(formula).toContain(`url "${ADDRESS}-linux-x64.tar.gz"`);
  expect(formula.match(/sha256 "[a-f0-9]{64}"/g)).toHaveLength(2);
});

test.skipIf(spawnSync("ruby", ["--version"]).error)("the Homebrew formula is Ruby (needs ruby)", () => {
  expect(spawnSync("ruby", ["-c"], { input: made(FORMULA) }).status).toBe(0);
});
