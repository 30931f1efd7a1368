import { userInfo } from "node:os";
import { describe, expect, test } from "vitest";
import {
  configPath,
  credentialsPath,
  expandPath,
  homeDirectory,
  roleCacheDirectory,
  ssoCacheDirectory,
  stateDirectory,
} from "../../../src/hit/paths.ts";

describe("the home", () => {
  test.each<[NodeJS.Platform, Record<string, string>, string]>([
    ["linux", { HOME: "/home/me" }, "/home/me"],
    ["linux", { HOME: "/home/me/", USERPROFILE: "C:\\me" }, "/home/me"],
    ["linux", { HOME: "/" }, "/"],
    ["linux", { HOME: "" }, userInfo().homedir],
    ["darwin", {}, userInfo().homedir],
    ["win32", { USERPROFILE: "C:\\Users\\me", HOME: "/c/Users/me" }, "C:\\Users\\me"],
    ["win32", { HOMEDRIVE: "H:", HOMEPATH: "\\me" }, "H:\\me"],
    ["win32", { USERPROFILE: "C:\\Users\\me\\" }, "C:\\Users\\me"],
    ["win32", { HOMEDRIVE: "H:", HOMEPATH: "\\" }, "H:\\"],
    ["win32", { USERPROFILE: "H:/" }, "H:/"],
  ])("on %s with %j is %s", (platform, env, home) => {
    expect(homeDirectory({ env, platform })).toBe(home);
  });
});

test("the files of the AWS tools, and ours, are below it", () => {
  const env = { HOME: "/home/me" };
  expect(configPath({ env, platform: "linux" })).toBe("/home/me/.aws/config");
  expect(credentialsPath({ env, platform: "linux" })).toBe("/home/me/.aws/credentials");
  expect(ssoCacheDirectory({ env, platform: "linux" })).toBe("/home/me/.aws/sso/cache");
  expect(roleCacheDirectory({ env, platform: "linux" })).toBe("/home/me/.aws/cli/cache");
  expect(stateDirectory({ env, platform: "linux" })).toBe("/home/me/.aws/sso-cred");
  expect(configPath({ env: { HOME: "/" }, platform: "linux" })).toBe("/.aws/config");
  expect(ssoCacheDirectory({ env: { USERPROFILE: "C:\\Users\\me" }, platform: "win32" })).toBe(
    "C:\\Users\\me\\.aws\\sso\\cache",
  );
  const atRoot = {
    env: { USERPROFILE: "H:\\", AWS_SHARED_CREDENTIALS_FILE: "~\\keys" },
    platform: "win32",
  } as const;
  expect(configPath(atRoot)).toBe("H:\\.aws\\config");
  expect(credentialsPath(atRoot)).toBe("H:\\keys");
});

describe("AWS_CONFIG_FILE", () => {
  const env = { HOME: "/home/me", USERPROFILE: "C:\\me", DIR: "team", TILDE: "~/x" };
  test.each<[NodeJS.Platform, string, string]>([
    ["linux", "~/aws", "/home/me/aws"],
    ["linux", "~", "/home/me"],
    ["linux", "~other/aws", "~other/aws"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's, not JavaScript's
    ["linux", "/etc/$DIR/${DIR}.ini", "/etc/team/team.ini"],
    ["linux", "$TILDE", "/home/me/x"],
    ["linux", "$MISSING/%DIR%", "$MISSING/%DIR%"],
    ["linux", "rel/~", "rel/~"],
    ["win32", "~\\aws", "C:\\me\\aws"],
    ["win32", "D:\\%DIR%\\$DIR", "D:\\team\\team"],
    ["win32", "D:\\annul", "D:\\annul"],
    ["linux", "NUL", "NUL"],
  ])("on %s %s is %s", (platform, text, path) => {
    expect(expandPath(text, { env, platform })).toBe(path);
    expect(configPath({ env: { ...env, AWS_CONFIG_FILE: text }, platform })).toBe(path);
    expect(credentialsPath({ env: { ...env, AWS_SHARED_CREDENTIALS_FILE: text }, platform })).toBe(path);
  });

  test.each(["NUL", "nul", "NUL:", "D:\\%DIR%\\Nul", "\\\\.\\NUL"])(
    "on Windows, %s is the null device and no file of the current folder",
    (text) => {
      expect(configPath({ env: { ...env, AWS_CONFIG_FILE: text }, platform: "win32" })).toBe("\\\\.\\NUL");
      expect(credentialsPath({ env: { ...env, AWS_SHARED_CREDENTIALS_FILE: text }, platform: "win32" })).toBe(
        "\\\\.\\NUL",
      );
    },
  );

  test("counts as not set when it is empty", () => {
    expect(configPath({ env: { HOME: "/home/me", AWS_CONFIG_FILE: "" }, platform: "linux" })).toBe(
      "/home/me/.aws/config",
    );
  });
});
