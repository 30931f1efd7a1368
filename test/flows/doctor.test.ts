import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import { sessionSection } from "../support/home.ts";
import { type CallOptions, MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const LINE = "credential_process = /opt/sso-cred corp --account-id 123456789011 --role-name ReadOnly\n";
const GOOD = `[profile dev]\n${LINE}${sessionSection("corp")}`;

async function findings({ call }: SignInWorld, args: string[] = ["--offline"], options?: CallOptions) {
  const { code, stdout, stderr } = await call(["doctor", ...args, "--json"], options);
  return { code, stderr, found: JSON.parse(stdout) as Finding[] };
}

const idsOf = (found: readonly Finding[]) => found.map(({ id }) => id);

describe("doctor finds in the config", () => {
  const cases: [id: string, config: string, words: string][] = [
    ["section-not-a-profile", `[dev]\n${LINE}`, "[dev]"],
    ["section-unclosed", `[profile dev\n${LINE}`, "[profile dev"],
    ["section-duplicate", `[profile dev]\nregion = x\n[profile dev]\n${LINE}`, "lines 1 and 3"],
    ["key-duplicate", `[profile dev]\nregion = a\nREGION = b\n${LINE}`, "lines 2 and 3"],
    ["key-case", `[profile dev]\nRegion = a\n${LINE}`, "Region"],
    ["key-misspelt", "[profile dev]\ncredential_proces = x\n", "did you mean credential_process?"],
    ["line-malformed", `[profile dev]\nwhat is this\n${LINE}`, "what is this"],
    ["config-encoding", `\uFEFF[profile dev]\n${LINE}`, "byte order mark"],
    ["profile-process-and-sso", `[profile dev]\n${LINE}sso_account_id = 123456789011\n`, "sso_account_id"],
    ["profile-process-and-keys", `[profile dev]\n${LINE}aws_access_key_id = AKIA1\n`, "aws_access_key_id"],
    ["profile-incomplete", "[profile dev]\nsso_start_url = https://x.awsapps.com/start\n", "no sso_region"],
    ["profile-name", `[profile my dev]\n${LINE}`, "my dev"],
    ["session-missing", `[profile dev]\n${LINE.replace("corp", "crop")}`, "did you mean corp?"],
    ["session-repeated", "[profile dev]\nsso_session = corp\nsso_region = eu-west-1\n", "repeats sso_region"],
    ["session-incomplete", "[sso-session other]\nsso_region = eu-west-1\n", "has no sso_start_url"],
    [
      "session-region",
      "[sso-session other]\nsso_region = eu-wst-1\nsso_start_url = https://x.awsapps.com/start\n",
      "did you mean eu-west-1?",
    ],
    [
      "session-start-url",
      '[sso-session other]\nsso_region = eu-west-1\nsso_start_url = "https://x.awsapps.com/start"\n',
      "not an https address",
    ],
    ["command-tilde", `[profile dev]\n${LINE.replace("/opt", "~")}`, "begins with ~"],
    ["command-quoting", `[profile dev]\n${LINE.replace("/opt", "/my tools")}`, "not read alike"],
    ["command-missing", `[profile dev]\n${LINE}`, "does not exist"],
  ];

  it.each(cases)("%s, and not when it is mended", async (id, config, words) => {
    const world = await signInWorld({ config: config + sessionSection("corp") });
    const { code, stderr, found } = await findings(world);
    const finding = found.find((one) => one.id === id);
    expect(finding?.found).toContain(words);
    expect(finding?.where).toMatch(/config:\d+$|config$/);
    expect({ code, stderr }).toEqual({
      code: found.some(({ severity }) => severity === "error") ? 8 : 0,
      stderr: "",
    });
    await world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", await program(world, "exit 0")));
    expect(idsOf((await findings(world)).found)).not.toContain(id);
  });

  it("profile-keys-in-credentials, with the line of the key", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.home.write(".aws/credentials", "[dev]\naws_access_key_id = AKIAEXAMPLE\n");
    const { found } = await findings(world);
    const finding = found.find(({ id }) => id === "profile-keys-in-credentials");
    expect(finding).toMatchObject({ severity: "error", where: expect.stringMatching(/credentials:2$/) });
    expect(JSON.stringify(found)).not.toContain("AKIAEXAMPLE");
    await world.home.write(".aws/credentials", "");
    expect(idsOf((await findings(world)).found)).not.toContain("profile-keys-in-credentials");
  });

  it("UTF-16, by name", async () => {
    const world = await signInWorld();
    await writeFile(join(world.home.path, ".aws/config"), Buffer.from(`\uFEFF${GOOD}`, "utf16le"));
    const { code, found } = await findings(world);
    expect(code).toBe(8);
    expect(found[0]).toMatchObject({ id: "config-encoding", found: expect.stringContaining("UTF-16") });
  });

  it("a config that is not there, and no config elsewhere", async () => {
    const world = await signInWorld();
    const options = { env: { AWS_CONFIG_FILE: "/nowhere/config" } };
    expect((await findings(world, ["--offline"], options)).found[0]).toMatchObject({
      id: "config-missing",
      where: "AWS_CONFIG_FILE",
      run: "unset AWS_CONFIG_FILE",
    });
    expect(idsOf((await findings(world)).found)).not.toContain("config-missing");
  });
});

describe("doctor finds in a command", () => {
  it("a file that cannot be executed, and another version", async () => {
    const world = await signInWorld();
    const path = await program(world, 'echo "sso-cred 0.0.1"');
    await world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", path));
    expect((await findings(world)).found).toContainEqual(
      expect.objectContaining({ id: "command-version", found: expect.stringContaining("is version 0.0.1") }),
    );
    await chmod(path, 0o644);
    expect((await findings(world)).found).toContainEqual(
      expect.objectContaining({ id: "command-not-executable", severity: "error" }),
    );
  });

  it("a bare name that PATH leads to", async () => {
    const world = await signInWorld();
    await program(world, "exit 0");
    await world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", "sso-cred"));
    const options = { env: { PATH: join(world.home.path, "bin") } };
    const { found } = await findings(world, ["--offline"], options);
    expect(found).toContainEqual(expect.objectContaining({ id: "command-relative", severity: "warning" }));
    expect(idsOf((await findings(world)).found)).toContain("command-missing");
  });
});

describe("doctor finds in the environment", () => {
  it.each([
    ["env-static-keys", { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "very-secret" }],
    ["env-profile-missing", { AWS_PROFILE: "nope" }],
    ["env-profile-missing", { AWS_DEFAULT_PROFILE: "" }],
    ["env-invalid", { SSO_CRED_WAIT: "soon" }],
    ["env-invalid", { SSO_CRED_LOGIN: "brwoser" }],
    ["proxy-in-use", { HTTPS_PROXY: "http://me:pass-word@proxy.example.com:3128" }],
    ["ca-unreadable", { AWS_CA_BUNDLE: "/nowhere.pem" }],
  ])("%s of %j, without its secrets", async (id, env) => {
    const world = await signInWorld({ config: GOOD });
    const { found } = await findings(world, ["--offline"], { env });
    expect(idsOf(found)).toContain(id);
    expect(JSON.stringify(found)).not.toMatch(/AKIAEXAMPLE|very-secret|pass-word/);
    expect(idsOf((await findings(world)).found)).not.toContain(id);
  });
});

describe("doctor finds in the state", () => {
  it("files that others can read, and what an interrupted write left", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    const folder = join(world.home.path, ".aws/cli/cache");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "0123.json"), "{}", { mode: 0o644 });
    await chmod(join(folder, "0123.json"), 0o644);
    const { found } = await findings(world);
    expect(found).toContainEqual(
      expect.objectContaining({ id: "path-mode", run: `chmod go-rwx ${folder}/0123.json` }),
    );
    await chmod(join(folder, "0123.json"), 0o600);
    expect(idsOf((await findings(world)).found)).not.toContain("path-mode");
  });

  it("a token for another start URL", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    expect(idsOf((await findings(world)).found)).toContain("signed-in");
    await world.home.write(
      ".aws/config",
      GOOD.replace(/sso_start_url = .*/, "sso_start_url = https://other.awsapps.com/start"),
    );
    const { code, found } = await findings(world);
    expect(code).toBe(8);
    expect(found).toContainEqual(
      expect.objectContaining({ id: "token-mismatch", run: "sso-cred login corp" }),
    );
  });
});

describe("doctor finds below ~/.aws", () => {
  it.skipIf(process.getuid?.() !== 0)(
    "a cache of another user, and the command that gives it back",
    async () => {
      const world = await signInWorld({ config: GOOD });
      await world.home.write(".aws/sso/cache/0123.json", "{}", 0o600);
      const folder = join(world.home.path, ".aws/sso/cache");
      await chown(folder, 12345, 12345);
      expect((await findings(world)).found).toContainEqual(
        expect.objectContaining({ id: "path-owner", run: `sudo chown -R "$(id -un)" ${folder}` }),
      );
      await chown(folder, 0, 0);
      expect(idsOf((await findings(world)).found)).not.toContain("path-owner");
    },
  );
});

describe("doctor finds who is signed in", () => {
  it("somebody else, whom no role of the profiles is assigned to", async () => {
    const roles = ["Owner", "Nobody"].map((role, n) => `[profile p${n}]\n${LINE.replace("ReadOnly", role)}`);
    const world = await signInWorld({ config: `${roles.join("")}${sessionSection("corp")}` });
    await world.call(["list", "corp"]);
    expect(idsOf((await findings(world, [])).found)).toContain("signed-in-as-another");
    await world.home.write(".aws/config", GOOD);
    expect(idsOf((await findings(world, [])).found)).not.toContain("signed-in-as-another");
  });

  it("nobody, and an endpoint that is not AWS's", async () => {
    const world = await signInWorld({ config: GOOD });
    const before = idsOf((await findings(world)).found);
    expect(before).toEqual(expect.arrayContaining(["signed-out", "endpoint-not-aws"]));
    await world.call(MAIN_JOB);
    expect(idsOf((await findings(world)).found)).not.toContain("signed-out");
  });
});

describe("doctor asks the services", () => {
  it("and is done within six seconds when both hang", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    world.center.misbehave({ path: /.*/, how: { kind: "blackHole" } });
    const startedAt = performance.now();
    const { code, found } = await findings(world, []);
    expect([code, performance.now() - startedAt < 6_000]).toEqual([8, true]);
    expect(idsOf(found).filter((id) => id === "endpoint-unreachable")).toHaveLength(2);
  });

  it("whether the roles of the profiles are assigned", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    expect(idsOf((await findings(world, [])).found)).not.toContain("role-not-assigned");
    await world.home.write(".aws/config", GOOD.replace("ReadOnly", "Owner"));
    expect((await findings(world, [])).found).toContainEqual(
      expect.objectContaining({
        id: "role-not-assigned",
        found: "the role Owner in account 123456789011 is not assigned to you",
        run: "sso-cred list corp",
      }),
    );
    await findings(world);
    expect(world.center.count("/assignment/roles")).toBe(2);
  });

  it("for their clock", async () => {
    const world = await signInWorld({ config: GOOD });
    expect(idsOf((await findings(world, [])).found)).not.toContain("clock");
    world.clock.advance(3 * 3_600_000);
    expect((await findings(world, [])).found).toContainEqual(
      expect.objectContaining({ id: "clock", found: expect.stringMatching(/180 minutes ahead of/) }),
    );
  });

  it("and names the one that cannot be reached", async () => {
    const world = await signInWorld({ config: GOOD });
    const env = { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9" };
    const { code, found } = await findings(world, [], { env });
    expect(code).toBe(8);
    expect(found).toContainEqual(
      expect.objectContaining({
        id: "endpoint-unreachable",
        found: expect.stringContaining("127.0.0.1:9 refused the connection"),
      }),
    );
  });
});

describe("the report", () => {
  it("fits 80 columns, groups by what there is to do, and ends with a summary", async () => {
    const world = await signInWorld({ config: `${GOOD}[dev]\n${LINE}` });
    const { stdout, code } = await world.call(["doctor", "--offline"]);
    expect(code).toBe(8);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^To mend\n/);
    expect(stdout).toMatch(/\n2 errors, 3 warnings\.\n$/);
  });

  it("is a usage error with two sessions", async () => {
    const world = await signInWorld();
    expect(await world.call(["doctor", "a", "b"])).toMatchObject({ code: 2, stdout: "" });
  });
});

async function program({ home }: SignInWorld, script: string): Promise<string> {
  const folder = join(home.path, "bin");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "sso-cred");
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
