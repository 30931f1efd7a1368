import { describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { isoSeconds } from "../../support/home.ts";
import { cached, home, ID, run } from "./commandLine.ts";

const HELP = "  run: sso-cred --help\n";
const CREDENTIALS = { AccessKeyId: "ASIAEXAMPLEEXAMPLE01", AccountId: ID };

describe("the main job's line", () => {
  const ROLE = `--account-id ${ID} --role-name ReadOnly`;
  const flags = ROLE.split(" ");

  it("prints one document, whatever the order and form of the flags", async () => {
    await cached("corp");
    const lines = [
      ["corp", ...flags],
      [...flags, "corp"],
      ["--account-id", ID, "corp", "--role-name", "ReadOnly"],
      ["corp", `--account-id=${ID}`, "--role-name=ReadOnly"],
      ["--sso-session", "corp", ...flags],
      ["--sso-session=corp", ...flags],
      [...flags, "--sso-session", "corp"],
      [...flags, "--", "corp"],
    ];
    for (const line of lines) {
      const { code, stdout, stderr } = await run(...line);
      expect([code, stderr, stdout.split("\n").length]).toEqual([0, "", 2]);
      expect(JSON.parse(stdout)).toEqual({
        Version: 1,
        ...CREDENTIALS,
        SecretAccessKey: "example-secret",
        SessionToken: "example-session-token",
        Expiration: isoSeconds(fakeSystem().now() + 3600_000),
      });
    }
  });

  it.each(["login", "logout", "status", "list", "help", "version", "constructor", "__proto__"])(
    "takes a session that is called %s",
    async (name) => {
      await cached(name);
      for (const line of [
        [name, ...flags],
        ["--sso-session", name, ...flags],
      ]) {
        expect(JSON.parse((await run(...line)).stdout)).toMatchObject(CREDENTIALS);
      }
    },
  );

  it("takes a session that is called init with --sso-session", async () => {
    await cached("init");
    expect(JSON.parse((await run("--sso-session", "init", ...flags)).stdout)).toMatchObject(CREDENTIALS);
  });

  it("takes a session and a role that begin with a dash", async () => {
    await cached("-odd", "-role");
    const line = ["--sso-session=-odd", "--account-id", ID, "--role-name=-role"];
    expect(JSON.parse((await run(...line)).stdout)).toMatchObject(CREDENTIALS);
  });

  it.each([
    ["nothing at all", "", "no session and no command"],
    [
      "only a word",
      "anything",
      "'anything' is not a command, and a session needs both --account-id and --role-name; for a profile: --profile anything",
    ],
    [
      "no role",
      `corp --account-id ${ID}`,
      "'corp' is not a command, and a session needs both --account-id and --role-name",
    ],
    ["no account", "--sso-session corp --role-name R", "a session needs both --account-id and --role-name"],
    ["no session", ROLE, "name one session: sso-cred SESSION --account-id ID --role-name ROLE"],
    ["two sessions", `a b ${ROLE}`, "name one session: sso-cred SESSION --account-id ID --role-name ROLE"],
    [
      "a session twice",
      `a --sso-session b ${ROLE}`,
      "name one session: sso-cred SESSION --account-id ID --role-name ROLE",
    ],
    ["a short account id", "corp --account-id 1234 --role-name R", "an account id has 12 digits: 1234"],
    [
      "letters in the account id",
      "corp --account-id=12345678901x --role-name R",
      "an account id has 12 digits: 12345678901x",
    ],
    [
      "an account id with a character that nobody sees",
      `corp --account-id ${ID}\u200b --role-name R`,
      `an account id has 12 digits: ${ID} (character 13 is U+200B, a zero-width space)`,
    ],
    [
      "a role with a character that nobody sees",
      `corp --account-id ${ID} --role-name Read\u00a0Only`,
      "not a role name, as its character 5 is U+00A0, a no-break space: Read\u00a0Only",
    ],
    ["an empty role", `corp --account-id ${ID} --role-name=`, "--role-name is empty"],
    ["an unknown flag", `corp ${ROLE} --region x`, "unknown option '--region'"],
    ["an unknown letter", "-x", "unknown option '-x'"],
    ["a flag without its value", "corp --account-id", "option '--account-id <value>' argument missing"],
    [
      "a flag in the place of a value",
      "corp --account-id --role-name R",
      "option '--account-id' argument is ambiguous",
    ],
    [
      "a profile and a session",
      "corp --profile p",
      "--profile takes no other names: session, account and role are the profile's",
    ],
    [
      "a profile and an account",
      `--profile p --account-id ${ID}`,
      "--profile takes no other names: session, account and role are the profile's",
    ],
    [
      "a profile, an account and a role",
      `--profile p ${ROLE}`,
      "--profile takes no other names: session, account and role are the profile's",
    ],
    [
      "a profile and a named session",
      "--profile p --sso-session corp",
      "--profile takes no other names: session, account and role are the profile's",
    ],
  ])("with %s is a usage error", async (_, line, message) => {
    const words = line === "" ? [] : line.split(" ");
    expect(await run(...words)).toEqual({ code: 2, stdout: "", stderr: `sso-cred: ${message}\n${HELP}` });
  });

  it("ignores AWS_PROFILE, which the calling SDK sets", async () => {
    const env = { ...home.env, AWS_PROFILE: "p", AWS_DEFAULT_PROFILE: "p", AWS_REGION: "us-east-1" };
    const system = fakeSystem({ env: { ...env, SSO_CRED_LOGIN: "never" } });
    expect(await runCli(["corp", ...flags], system)).toBe(4);
    expect(system.stderr).toContain("nobody is signed in to 'corp'");
  });
});
