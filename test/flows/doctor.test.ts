import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { chown, open } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { type How, WITHHELD } from "../identityCenter/misbehaviour.ts";
import { GOOD, LINE, program } from "../support/doctorCases.ts";
import { type CallOptions, MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

async function findings({ call }: SignInWorld, args: string[] = ["--offline"], options?: CallOptions) {
  const { code, stdout, stderr } = await call(["doctor", ...args, "--json"], options);
  return { code, stderr, found: JSON.parse(stdout) as Finding[] };
}

const ROLE = "SESSION --account-id ID --role-name ROLE";
const idsOf = (found: readonly Finding[]) => found.map(({ id }) => id);

describe("doctor names", () => {
  it("file and line, and a command that mends it", async () => {
    const world = await signInWorld({ config: `${GOOD}Region = a\n` });
    await world.home.write(".aws/credentials", "[dev]\naws_access_key_id = AKIAEXAMPLE\n");
    const { found } = await findings(world);
    const where = (id: string) => found.find((one) => one.id === id)?.where;
    expect(where("key-case")).toBe(`${world.home.configFile}:7`);
    expect(where("profile-keys-in-credentials")).toMatch(/\.aws\/credentials:2$/);
    expect(found).toContainEqual(
      expect.objectContaining({ id: "command-missing", run: "sso-cred init --repair" }),
    );
  });

  it("the variable that leads to a missing config", async () => {
    const options = { env: { AWS_CONFIG_FILE: "/nowhere/config" } };
    const { found } = await findings(await signInWorld(), ["--offline"], options);
    expect(found[0]).toMatchObject({
      id: "config-missing",
      where: "AWS_CONFIG_FILE",
      run: "unset AWS_CONFIG_FILE",
    });
  });

  it.each([
    ["user:hunter2@proxy:3128", "***@proxy:3128"],
    ["DOM\\user:hunter2@proxy", "***@proxy"],
    ["hunter2@proxy", "***@proxy"],
    ["http:/user:hunter2@proxy", "***@proxy"],
    ["http://user:p@hunter2@proxy", "http://***@proxy"],
    ["http://user:p/hunter2,x@proxy", "http://***@proxy"],
    ["proxy:3128", "proxy:3128"],
  ])("a proxy without its user name and password: %s", async (value, shown) => {
    for (const name of ["HTTPS_PROXY", "http_proxy", "NO_PROXY"]) {
      const { found } = await findings(await signInWorld(), ["--offline"], { env: { [name]: value } });
      expect(found.find(({ id }) => id === "proxy-in-use")?.found).toBe(`${name} is ${shown}`);
      expect(JSON.stringify(found)).not.toContain("hunter2");
    }
  });

  it("no version of a program that is just being written, but every other fault", async () => {
    const world = await signInWorld();
    const path = await program(world, "echo sso-cred 0.0.1");
    await world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", path));
    const written = await open(path, "r+");
    const { stderr, found } = await findings(world);
    await written.close();
    expect([stderr, idsOf(found).includes("no-profile")]).toEqual(["", false]);
    expect(idsOf((await findings(world)).found)).toContain("command-version");
  });

  it("a session and a profile that do not exist", async () => {
    const world = await signInWorld({ config: GOOD });
    for (const [args, words] of [
      [["crop"], "has no [sso-session crop]"],
      [["--profile", "dve"], "has no [profile dve]"],
    ] as const) {
      const { code, found } = await findings(world, [...args, "--offline"]);
      expect(code).toBe(8);
      expect(found.find(({ id }) => id === "settings-unusable")?.found).toContain(words);
    }
  });

  it.each([
    ["sso_region = eu-west-1", "sso_region = eu-wst-1x"],
    ["sso_start_url", "sso_start_ulr"],
    ["https:", "http:"],
  ])("a fault of a session once, not again by what the main job says: %s as %s", async (good, bad) => {
    const world = await signInWorld({ config: GOOD.replace(good, bad) });
    const ids = idsOf((await findings(world)).found);
    expect(ids).not.toContain("settings-unusable");
    const ofProfile = idsOf((await findings(world, ["--profile", "dev", "--offline"])).found);
    expect(ofProfile).not.toContain("settings-unusable");
  });

  it.each(["sso-cred --profile dev", "sso-cred --profile=dev --json"])(
    "no quoting in a line that every client reads alike: %s",
    async (line) => {
      const world = await signInWorld({
        config: `[profile old]\ncredential_process = /opt/${line}\n${GOOD}`,
      });
      expect(idsOf((await findings(world)).found)).not.toContain("command-quoting");
    },
  );

  it("the command that gives a file back to its owner, and the one that closes it to others", async ({
    skip,
  }) => {
    const world = await signInWorld({ config: GOOD });
    const path = await world.home.write(".aws/sso/cache/0123.json", "{}", 0o644);
    const runs = (await findings(world)).found.map(({ run }) => run);
    expect(runs).toContain(`chmod go-rwx ${path}`);
    skip(process.getuid?.() !== 0, "only root can give a file away");
    await chown(dirname(path), 12345, 12345);
    const asRoot = (await findings(world)).found.map(({ run }) => run);
    expect(asRoot).toContain(`sudo chown -R "$(id -un)" ${dirname(path)}`);
  });
});

describe("doctor says what to write", () => {
  it.each([
    ["section-not-a-profile", "write [sso-session corp]", GOOD.replace("[sso-session", "[sso_session")],
    ["section-not-a-profile", "write [sso-session corp]", GOOD.replace("[sso-session", "[session")],
    ["section-not-a-profile", "write [sso-session corp]", GOOD.replace("[sso-session ", "[")],
    ["section-not-a-profile", "write [profile dev]", GOOD.replace("[profile", "[profil")],
    ["section-not-a-profile", "write [profile dev]", GOOD.replace("[profile ", "[")],
    ["command-arguments", `write ${ROLE} after sso-cred`, GOOD.replace(/corp --.*/, "--profile dev")],
    ["command-missing", "write the command after it, or remove the line", GOOD.replace(/\/opt.*/, "")],
    [
      "profile-incomplete",
      "add sso_region and sso_role_name",
      `${GOOD}[profile old]\nsso_start_url = https://x.awsapps.com/start\nsso_account_id = 123456789011\n`,
    ],
  ])("for %s: %s, once (%#)", async (id, fix, config) => {
    const { found } = await findings(await signInWorld({ config }));
    expect(found.filter((one) => one.id === id)).toEqual([expect.objectContaining({ fix })]);
    // No second remedy for the same fault.
    const ids = idsOf(found);
    expect(ids).not.toContain("session-missing");
    expect(ids).not.toContain("settings-unusable");
  });

  it.each(["2>/dev/null", "| tee log", "&& true", "> log"])(
    "without what only a shell reads: %s",
    async (end) => {
      const world = await signInWorld({ config: GOOD.replace("ReadOnly", `ReadOnly ${end}`) });
      const fix = (await findings(world)).found.find(({ id }) => id === "command-quoting")?.fix;
      expect(fix).toMatch(/--role-name ReadOnly$/);
    },
  );
});

describe("doctor asks the services", () => {
  it("all at once, so that requests that hang cost one time-out", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    world.center.misbehave({ path: /.*/, how: { kind: "blackHole" } });
    let open = 0;
    let most = 0;
    const count = (message: unknown) => {
      open += (message as { open: boolean }).open ? 1 : -1;
      most = Math.max(most, open);
    };
    subscribe(WITHHELD.name, count);
    onTestFinished(() => void unsubscribe(WITHHELD.name, count));
    const { code, found } = await findings(world, []);
    // One to each service, and one about the role.
    expect([code, most]).toEqual([8, 3]);
    expect(idsOf(found).filter((id) => id === "endpoint-unreachable")).toHaveLength(2);
  });

  it.each([
    ["captivePortal", "answered with a web page instead of JSON (HTTP 200): a sign-in page of the network?"],
    ["proxy403", "answered with a web page instead of JSON (HTTP 403): a proxy or firewall?"],
    ["proxy407", "requires a password"],
    ["invalidJson", "did not answer in JSON (HTTP 200)"],
    ["noCredentials", "accepts a request that Identity Center rejects"],
    ["drop", "closed the connection before its response was complete"],
  ] as const)("and tells %s from the services' own answers", async (kind, says) => {
    await expectFault({ kind }, says);
  });

  it.each([
    [503, {}, "reports a fault (HTTP 503): try again later"],
    [429, {}, "is throttling (HTTP 429): try again in a minute"],
    [403, { message: "blocked by policy" }, "gave an unknown answer (HTTP 403)"],
  ])("and tells HTTP %i from the services' own answers", async (status, body, says) => {
    await expectFault({ kind: "status", status, body }, says);
  });

  it("and takes the answers of an emulator that accepts every request for the services' own", async () => {
    const world = await signInWorld({ config: GOOD });
    await world.call(MAIN_JOB);
    const accepts = (path: string, body: object) =>
      world.center.misbehave({ path, how: { kind: "status", status: 200, body } });
    accepts("/assignment/accounts", { accountList: [], nextToken: null });
    accepts("/token", { accessToken: "any", tokenType: "Bearer", expiresIn: 28800 });
    const { found } = await findings(world, []);
    expect(idsOf(found)).not.toContain("endpoint-unreachable");
    expect(idsOf(found).filter((id) => id === "endpoint-reached")).toHaveLength(2);
  });

  async function expectFault(how: How, says: string) {
    const world = await signInWorld({ config: GOOD });
    world.center.misbehave({ path: /.*/, how });
    const { code, found } = await findings(world, []);
    const faults = found.filter(({ id }) => id === "endpoint-unreachable");
    expect([code, faults.map((one) => one.found)]).toEqual([
      8,
      [expect.stringContaining(says), expect.stringContaining(says)],
    ]);
  }

  it("whether the roles are assigned, and nothing when it is offline", async () => {
    const world = await signInWorld({ config: GOOD.replace("ReadOnly", "Owner") });
    await world.call(["list", "corp"]);
    const before = world.center.requests.length;
    await findings(world);
    expect(world.center.requests).toHaveLength(before);
    expect((await findings(world, [])).found).toContainEqual(
      expect.objectContaining({ id: "role-not-assigned", run: "sso-cred list corp" }),
    );
  });
});

describe("the report", () => {
  it("fits 80 columns, groups by what there is to do, and ends with a summary", async () => {
    const world = await signInWorld({ config: `${GOOD}[dev]\n${LINE}` });
    const { stdout, code } = await world.call(["doctor", "--offline"]);
    expect(code).toBe(8);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^To fix\n/);
    expect(stdout).toMatch(/\n2 errors, 3 warnings\.\n$/);
  });

  it("is a usage error with two sessions", async () => {
    const world = await signInWorld();
    expect(await world.call(["doctor", "a", "b"])).toMatchObject({ code: 2, stdout: "" });
  });
});
