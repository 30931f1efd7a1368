import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { splitCommandLine } from "../../src/text/commandWords.ts";
import { START_URL, sessionSection } from "../support/home.ts";
import { BARE, CONFIG, initWorld, NEW_SESSION, ONE } from "../support/initWorld.ts";

describe("init rejects, and leaves the file as it is:", () => {
  const refuses = async (
    config: string | Buffer,
    args: string[],
    message: string | RegExp,
    credentials?: string,
  ) => {
    const { init, home } = await initWorld({ config: "" });
    await home.write(CONFIG, "");
    await writeFile(home.configFile, config);
    if (credentials !== undefined) await home.write(".aws/credentials", credentials);
    const { code, stderr } = await init(...args);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(await readFile(home.configFile)).toEqual(Buffer.from(config as string));
    expect(await home.exists(".aws/config.sso-cred.bak")).toBe(false);
  };

  it("a profile of that name that is not ours", () =>
    refuses(
      `[profile dev]\nregion = x\n${sessionSection("corp")}`,
      ["corp", ...ONE],
      /already has \[profile dev\]/,
    ));
  it("static keys for that name in the credentials file", () =>
    refuses(
      sessionSection("corp"),
      ["corp", ...ONE],
      /credentials has aws_access_key_id for \[dev\]/,
      "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = y\n",
    ));
  it("flags that contradict the session", () =>
    refuses(
      sessionSection("corp"),
      ["corp", "--sso-region", "us-east-1", ...ONE],
      /sso_region = eu-west-1, not us-east-1/,
    ));
  it("flags that contradict the session, before the sign-in", async () => {
    const { init, center, opened } = await initWorld();
    const { code, stderr } = await init(
      "corp",
      "--start-url",
      "https://other.awsapps.com/start",
      "--all",
      "--yes",
    );
    expect([code, center.requests, opened()]).toEqual([3, [], []]);
    expect(stderr).toContain(`has sso_start_url = ${START_URL}, not https://other.awsapps.com/start`);
  });
  it("the name of a profile that is not ours, before the sign-in", async () => {
    const { init, center } = await initWorld({
      config: `[profile dev]\nregion = x\n${sessionSection("corp")}`,
    });
    const { code, stderr } = await init("corp", "--yes", "--profile-name", "dev");
    expect([code, center.requests]).toEqual([3, []]);
    expect(stderr).toContain("already has [profile dev], not written for this session");
  });
  it("a header that is not closed", () =>
    refuses(`${sessionSection("corp")}[profile x\n`, ["corp", ...ONE], /config, line 5, starts a section/));
  it.each([
    ["a text", "This is no config.\n", 1],
    ["a script", "#!/bin/sh\n\nexport AWS_REGION=eu-west-1\n", 3],
    ["JSON", '{\n  "profile": ["dev"]\n}\n', 1],
    ["keys without a section", "\ufeffregion = eu-west-1\r\noutput = json\r\n", 1],
  ])("a file that is no config: %s", (_what, text, line) =>
    refuses(
      text,
      ["corp", ...NEW_SESSION, "--scopes", "sso:account:access", ...ONE],
      `config, line ${line}, is in no section, and no line starts one; it is left as it is`,
    ),
  );
});

it("the remedy for a new session without a sign-in can be run unchanged", async () => {
  const { init, call, config } = await initWorld({ config: "", env: { CI: "true" } });
  const { code, stderr } = await init("corp", ...NEW_SESSION, "--all", "--yes");
  expect(code).toBe(4);
  const run = /^ {2}run: (.*)$/m.exec(stderr)?.[1] ?? "";
  const commands = run.split(" && ").map((command) => splitCommandLine(command).slice(1));
  expect(commands).toHaveLength(2);
  for (const args of commands) expect((await call(args)).code).toBe(0);
  expect((await init("corp", "--all", "--yes")).code).toBe(0);
  expect(await config()).toContain(sessionSection("corp"));
});

describe("the command in an error message", () => {
  const sections = ["two words", "-odd"].map((name) => sessionSection(`'${name}'`)).join("\n");
  it.each([
    ["two words", '"two words"'],
    ["-odd", "--sso-session=-odd"],
  ])("quotes the session %j for a shell", async (name, typed) => {
    const { init, center } = await initWorld({ config: sections });
    const flag = `--sso-session=${name}`;
    const none = await init(flag, "--accounts", "9*", "--yes");
    expect(none.stderr).toContain(`run: sso-cred list ${typed}\n`);
    const role = await init(flag, "--account-id", "210987654321", "--role-name", "None", "--yes", "--prune");
    expect(role.stderr).toContain(`run: sso-cred logout ${typed}\n`);
    center.accounts = [];
    expect((await init(flag, "--prune")).stderr).toContain(`run: sso-cred logout ${typed}\n`);
  });
});

describe("init names the file that it cannot write:", () => {
  it.each([
    ["a device", "/dev/null", /\/dev\/null is not a regular file/],
    ["a folder", "HOME", /is a folder, not a file/],
    ["a place that cannot be made", "HOME/.aws/config/deeper", /deeper cannot be replaced \(E[A-Z]+\)/],
  ])("%s", async (_what, path, message) => {
    const { call, home } = await initWorld();
    const env = { AWS_CONFIG_FILE: path.replace("HOME", home.path) };
    const args = ["init", "corp", ...NEW_SESSION, "--scopes", "sso:account:access", ...ONE, ...BARE];
    const { code, stderr } = await call(args, { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});
