import { expect, it } from "vitest";
import { workerEnvironment } from "../../../src/platform/environment.ts";

const CWD = "/home/me/project";

it("leaves the caller's folder, and makes the caller's relative paths absolute", () => {
  const env = { HOME: "../..", SSO_CRED_TRACE: "trace.txt", AWS_CONFIG_FILE: "config", PATH: "bin" };
  const moved = { ...env, HOME: "/home", SSO_CRED_TRACE: `${CWD}/trace.txt` };
  expect(workerEnvironment({ env, platform: "linux" }, CWD)).toEqual({ cwd: "/", env: moved });
});

it.each<NodeJS.Platform>(["linux", "darwin", "win32"])(
  "on %s, passes on neither the caller's AWS keys nor variables that Node obeys",
  (platform) => {
    const dropped = {
      AWS_ACCESS_KEY_ID: "x",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: "x",
      AWS_PROFILE: "x",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "x",
      AWS_BEARER_TOKEN_BEDROCK: "x",
      NODE_DEBUG: "x",
      NODE_OPTIONS: "x",
    };
    const kept = { AWS_CA_BUNDLE: "/ca.pem", HTTPS_PROXY: "http://proxy", USERPROFILE: "C:\\Users\\me" };
    const { env } = workerEnvironment({ env: { ...dropped, ...kept }, platform }, CWD);
    expect(env).toEqual(kept);
  },
);

it("drops relative paths if the folder was removed", () => {
  const env = { HOME: "/home/me", SSO_CRED_TRACE: "trace.txt", PATH: "bin" };
  const { cwd, env: left } = workerEnvironment({ env, platform: "linux" }, undefined);
  expect([cwd, left]).toEqual(["/", { HOME: "/home/me", PATH: "bin" }]);
});

it("runs in the home folder on Windows, whatever the caller's drive", () => {
  const env = { USERPROFILE: "C:\\Users\\me", HOME: "/c/Users/me", SSO_CRED_TRACE: "trace.txt" };
  expect(workerEnvironment({ env, platform: "win32" }, "E:\\project")).toEqual({
    cwd: "C:\\Users\\me",
    env: { ...env, SSO_CRED_TRACE: "E:\\project\\trace.txt" },
  });
});

it("on Windows, moves a path whose variable is spelt in another way", () => {
  const env = { USERPROFILE: "C:\\Users\\me", sso_cred_trace: "trace.txt", Node_Extra_CA_Certs: "" };
  expect(workerEnvironment({ env, platform: "win32" }, "E:\\project").env).toEqual({
    ...env,
    sso_cred_trace: "E:\\project\\trace.txt",
  });
});

it.each([
  [{ USERPROFILE: ".." }, "E:\\"],
  [{ HOMEDRIVE: "H:", HOMEPATH: "\\me" }, "H:\\me"],
  [{ HOMEPATH: "\\me" }, "E:\\me"],
  [{ USERPROFILE: "H:\\" }, "H:\\"],
  [{ USERPROFILE: "E:\\" }, "E:\\"],
  [{ HOMEDRIVE: "E:", HOMEPATH: "\\" }, "E:\\"],
])("on Windows, finds the same home from that folder: %j", (env, home) => {
  const found = workerEnvironment({ env, platform: "win32" }, "E:\\project");
  expect([found.cwd, found.env.USERPROFILE]).toEqual([home, home]);
});
