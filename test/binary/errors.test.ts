import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { START_URL, sessionSection } from "../support/home.ts";
import { startBinary } from "../support/run.ts";

/** Checks the exit code and the whole standard error. Standard output must be empty. */
async function fails(
  { run }: Pick<BinaryWorld, "run">,
  code: number,
  stderr: string | RegExp,
  args?: readonly string[],
  env?: Record<string, string>,
) {
  const result = await run(args, env);
  expect([result.code, result.stdout]).toEqual([code, ""]);
  if (typeof stderr === "string") expect(result.stderr).toBe(stderr);
  else expect(result.stderr).toMatch(stderr);
}

const host = ({ center }: BinaryWorld) => new URL(center.url).host;

describe("2 usage", () => {
  it.each([
    ["no arguments", [], "no session and no command"],
    ["an unknown flag", [...MAIN_JOB, "--verbose"], "unknown option '--verbose'"],
    [
      "a bad account id",
      ["corp", "--account-id", "12", "--role-name", "R"],
      "an account id has 12 digits: 12",
    ],
    [
      "an unknown word",
      ["anything"],
      "'anything' is not a command, and a session needs both --account-id and --role-name; for a profile: --profile anything",
    ],
  ])("%s", async (_, args, message) => {
    await fails(await binaryWorld(), 2, `sso-cred: ${message}\n  run: sso-cred --help\n`, args);
  });

  it("a variable with a bad value", async () => {
    const world = await binaryWorld();
    await fails(world, 2, "sso-cred: SSO_CRED_LOGIN is maybe; use auto, browser, device, never\n", MAIN_JOB, {
      SSO_CRED_LOGIN: "maybe",
    });
    await fails(world, 2, "sso-cred: SSO_CRED_WAIT must be 0 to 3600 seconds, not long\n", MAIN_JOB, {
      SSO_CRED_WAIT: "long",
    });
  });

  it("a question left open without a terminal", async () => {
    const world = await binaryWorld({ config: sessionSection("corp") + sessionSection("other") });
    const line = `sso-cred: which session? ${world.home.configFile} has corp, other: name one\n`;
    await fails(world, 2, line, ["login"]);
  });
});

describe("3 config", () => {
  const section = (...lines: string[]) => ["[sso-session corp]", ...lines, ""].join("\n");
  it.each([
    ["no section", "", "has no [sso-session corp]", "  run: sso-cred init corp\n"],
    [
      "another section",
      sessionSection("other"),
      "has no [sso-session corp]; it has other",
      "  run: sso-cred init corp\n",
    ],
    ["no start URL", section("sso_region = eu-west-1"), ": [sso-session corp] has no sso_start_url", ""],
    ["no region", section(`sso_start_url = ${START_URL}`), ": [sso-session corp] has no sso_region", ""],
    [
      "a bad start URL",
      section("sso_start_url = ftp://x", "sso_region = eu-west-1"),
      ": [sso-session corp]: sso_start_url is not an https URL: ftp://x",
      "",
    ],
    [
      "a bad region",
      section(`sso_start_url = ${START_URL}`, "sso_region = eu west"),
      ": [sso-session corp]: sso_region eu west is not an AWS region, as its character 3 is U+0020, a space",
      "",
    ],
  ])("%s: file, section and key", async (_, config, message, remedy) => {
    const world = await binaryWorld({ config });
    const space = message.startsWith(":") ? "" : " ";
    await fails(world, 3, `sso-cred: ${world.home.configFile}${space}${message}\n${remedy}`);
  });

  it("a profile that does not exist", async () => {
    const world = await binaryWorld();
    await fails(world, 3, /^sso-cred: .*\/\.aws\/config has no \[profile nope\].*\n( {2}run: .*\n)?$/, [
      "--profile",
      "nope",
    ]);
  });

  it("a place that must be written for a sign-in cannot be", async () => {
    const world = await binaryWorld();
    await world.home.write(".aws/sso/cache/x", "");
    await world.home.write(".aws/sso-cred", "in the way");
    const place = join(world.home.path, ".aws/sso-cred");
    await fails(
      world,
      3,
      new RegExp(
        `^sso-cred: cannot write ${place}/logins/[0-9a-f]{40}\\.json \\(E[A-Z]+\\), so nobody can sign in: ${place} is not a folder\n$`,
      ),
    );
  });
});

describe("4 login-required", () => {
  it("nobody may be asked", async () => {
    const world = await binaryWorld();
    const line = "sso-cred: nobody is signed in to 'corp', and automatic sign-in is switched off (never)\n";
    await fails(world, 4, `${line}  run: sso-cred login corp\n`, MAIN_JOB, { SSO_CRED_LOGIN: "never" });
  });

  it("the wait ran out during a sign-in", async () => {
    const world = await binaryWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "4" } });
    const line =
      "sso-cred: the sign-in to 'corp' is open and waits for you; the next call continues with it\n";
    const caller = world.run();
    const { url } = await world.pending("open");
    const { code, stdout, stderr } = await caller;
    expect([code, stdout, stderr]).toEqual([4, "", `${line}  open: ${url}\n`]);
  });

  it("signed out while a call waited", async () => {
    const world = await binaryWorld({ browser: "ignore" });
    const caller = world.run();
    await world.pending("open");
    await world.run(["logout", "corp"]);
    const { code, stdout, stderr } = await caller;
    const line = "sso-cred: the sign-in to 'corp' was ended by a logout\n  run: sso-cred login corp\n";
    expect([code, stdout, stderr]).toEqual([4, "", line]);
  });
});

describe("5 login-failed", () => {
  it.each([{}, { SSO_CRED_LOGIN: "device" }])("denied (%o)", async (env) => {
    const world = await binaryWorld({ env, center: { consent: "deny" } });
    await fails(world, 5, "sso-cred: the sign-in to 'corp' was denied\n  run: sso-cred login corp\n");
  });

  it("expired", async () => {
    const env = { SSO_CRED_LOGIN: "device" };
    const world = await binaryWorld({ env, browser: "ignore", center: { deviceSeconds: 1 } });
    const line = "sso-cred: nobody answered the sign-in to 'corp' in time\n  run: sso-cred login corp\n";
    await fails(world, 5, line);
  });
});

describe("6 access-denied", () => {
  it("names account, role, the roles that are assigned, and how to sign in as somebody else", async () => {
    const world = await signedInWorld();
    const args = ["corp", "--account-id", "123456789011", "--role-name", "Nope"];
    const why =
      "(ForbiddenException: No access); assigned to you there: ReadOnly, Admin (sso-cred list corp shows all); signed in as somebody else?";
    const line = `sso-cred: no access to the role 'Nope' in account 123456789011 ${why}\n  run: sso-cred logout corp\n`;
    await fails(world, 6, line, args);
  });
});

describe("7 unavailable", () => {
  it("the service refuses connections", async () => {
    const world = await signedInWorld();
    await world.center.goDown();
    const line = `sso-cred: ${host(world)} refused the connection: does this network need a proxy (HTTPS_PROXY)?\n  run: sso-cred doctor\n`;
    await fails(world, 7, line);
  });

  it.each([
    [
      "a captive portal",
      "captivePortal",
      "HOST answered with a web page instead of JSON (HTTP 200): a sign-in page of the network?",
    ],
    [
      "a proxy's 403",
      "proxy403",
      "HOST answered with a web page instead of JSON (HTTP 403): a proxy or firewall?",
    ],
    ["a proxy's 407", "proxy407", "a proxy in front of HOST requires a password: set HTTPS_PROXY"],
    ["JSON that is cut off", "invalidJson", "HOST did not answer in JSON (HTTP 200): is a proxy in between?"],
    ["JSON without credentials", "noCredentials", "HOST answered GetRoleCredentials without accessKeyId"],
  ] as const)("%s", async (_, kind, message) => {
    const world = await signedInWorld();
    world.center.misbehave({ path: "/federation/credentials", how: { kind } });
    const remedy = message.includes(": set ") ? "" : "  run: sso-cred doctor\n";
    await fails(world, 7, `sso-cred: ${message.replace("HOST", host(world))}\n${remedy}`);
  });

  it.each([
    ["throttling", 429],
    ["a server error", 503],
  ])("%s that lasts", async (_, status) => {
    const world = await signedInWorld({ env: { SSO_CRED_WAIT: "1" } });
    world.center.misbehave({ path: "/federation/credentials", how: { kind: "status", status } });
    await fails(world, 7, new RegExp(`^sso-cred: ${host(world)} .*${status}.*\n$`));
  });
});

describe("130 cancelled", () => {
  it("Ctrl-C", async () => {
    const world = await binaryWorld({ browser: "ignore" });
    const caller = startBinary(MAIN_JOB, world.options);
    await world.pending("open");
    caller.kill("SIGINT");
    const { code, stdout, stderr } = await caller.done;
    expect([code, stdout, stderr]).toEqual([130, "", "sso-cred: cancelled\n"]);
  });
});

it("a config that cannot be read is named", async () => {
  const world = await binaryWorld();
  const env = { AWS_CONFIG_FILE: world.home.path };
  await fails(world, 3, `sso-cred: ${world.home.path} is a folder, not a file\n`, MAIN_JOB, env);
});
