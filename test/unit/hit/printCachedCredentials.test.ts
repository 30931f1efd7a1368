import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { printCachedCredentials } from "../../../src/hit/printCachedCredentials.ts";
import { type Home, isoSeconds, roleFile, rolePath } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

const ACCOUNT = "123456789011";
const LINE = ["my-sso", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
const PATH = rolePath("my-sso", ACCOUNT, "ReadOnly");
const HOUR_MS = 3_600_000;

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

/** Runs in this process, so only for cases that print nothing. */
const prints = (args: readonly string[] = LINE, env: Record<string, string> = {}) =>
  printCachedCredentials(args, { env: { ...home.env, ...env }, platform: "linux" });
const MAIN = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));
const run = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ["--no-warnings", MAIN, ...args], {
    encoding: "utf8",
    env: { ...home.env, ...env },
  });

describe("with a fresh file of that role", () => {
  const expiration = Date.now() + HOUR_MS;
  beforeEach(() => home.write(PATH, roleFile(expiration, ACCOUNT)));

  it("prints the credentials, and reads no config, takes no lock and writes no file", async () => {
    const { status, stdout, stderr } = run(LINE);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      Version: 1,
      AccessKeyId: "ASIAEXAMPLEEXAMPLE01",
      SecretAccessKey: "example-secret",
      SessionToken: "example-session-token",
      Expiration: isoSeconds(expiration),
      AccountId: ACCOUNT,
    });
    expect((await home.files()).map(({ path }) => path)).toEqual([PATH]);
  });

  it("prints the same through the parser, for other forms of the line", () => {
    const [session = "", ...flags] = LINE;
    const short = run(LINE).stdout;
    expect(short).toContain("ASIA");
    for (const args of [
      ["--account-id", ACCOUNT, "--role-name", "ReadOnly", session],
      [session, `--account-id=${ACCOUNT}`, "--role-name=ReadOnly"],
      ["--sso-session", session, ...flags],
    ]) {
      expect(prints(args)).toBe(false);
      expect(run(args).stdout).toBe(short);
    }
    expect(run(LINE, { SSO_CRED_TRACE: join(home.path, "trace") }).stdout).toBe(short);
  });

  it("ignores AWS_PROFILE and similar variables", () => {
    const env = {
      AWS_PROFILE: "other",
      AWS_DEFAULT_PROFILE: "other",
      AWS_REGION: "mars",
      AWS_CONFIG_FILE: "/no",
    };
    expect(run(LINE, env).status).toBe(0);
  });

  it("ends with exit 7 and one line when nobody reads the output", () => {
    const command = `{ sleep 0.2; "$0" --no-warnings "$@"; echo "code $?" >&2; } | true`;
    const args = ["-c", command, process.execPath, MAIN, ...LINE];
    const { stderr } = spawnSync("/bin/sh", args, {
      encoding: "utf8",
      env: { ...home.env, PATH: "/usr/bin:/bin" },
    });
    expect(stderr).toBe("sso-cred: nobody reads the output\ncode 7\n");
  });

  it.each([
    ["no arguments", []],
    ["init", ["init", ...LINE.slice(1)]],
    ["another role", [...LINE.slice(0, 4), "Admin"]],
    ["another account", ["my-sso", "--account-id", "210987654321", "--role-name", "ReadOnly"]],
    ["another session", ["other", ...LINE.slice(1)]],
    ["one word more", [...LINE, "--help"]],
    ["an empty session", ["", ...LINE.slice(1)]],
    ["the flags the other way round", ["my-sso", "--role-name", "ReadOnly", "--account-id", ACCOUNT]],
  ])("leaves to the parser: %s", (_, args) => {
    expect(prints(args)).toBe(false);
  });

  it.each([{ SSO_CRED_CACHE: "off" }, { SSO_CRED_TRACE: "/dev/null" }, { HOME: "/nonexistent" }])(
    "leaves to the parser a line with the variables %j",
    (env) => {
      expect(prints(LINE, env as Record<string, string>)).toBe(false);
    },
  );
});

describe("leaves to the parser", () => {
  it.each([
    ["14 minutes and 59 seconds", roleFile(Date.now() + 899_000, ACCOUNT)],
    ["credentials that have expired", roleFile(Date.now() - 1000, ACCOUNT)],
    ["another account's credentials", roleFile(Date.now() + HOUR_MS, "210987654321")],
    ["half a file", JSON.stringify(roleFile(Date.now() + HOUR_MS, ACCOUNT)).slice(0, -20)],
    ["an empty file", ""],
    ["a file of 100 kB", `${JSON.stringify(roleFile(Date.now() + HOUR_MS, ACCOUNT))}${" ".repeat(100_000)}`],
  ])("%s", async (_, content) => {
    await home.write(PATH, content);
    expect(prints()).toBe(false);
  });

  it("an output that some SDK would cut off: more than 8191 bytes when written, not in the file", async () => {
    const file = roleFile(Date.now() + HOUR_MS, ACCOUNT) as { Credentials: Record<string, string> };
    file.Credentials.SessionToken = "\u00e9".repeat(1500);
    await home.write(PATH, file);
    expect(Buffer.byteLength(JSON.stringify(file))).toBeLessThan(8000);
    expect(prints()).toBe(false);
  });

  it("a folder, and a pipe, which is not waited for", async () => {
    mkdirSync(join(home.path, PATH), { recursive: true });
    expect(prints()).toBe(false);
    const other = rolePath("my-sso", ACCOUNT, "Admin");
    execFileSync("mkfifo", [join(home.path, other)]);
    expect(prints([...LINE.slice(0, 4), "Admin"])).toBe(false);
  });
});
