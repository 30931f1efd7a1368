import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { profile, sessionSection, sha1 } from "../support/home.ts";
import { initWorld, NEW_SESSION, ONE } from "../support/initWorld.ts";
import { putToken } from "../support/signedIn.ts";

describe("init --dry-run", () => {
  it("that lists accounts and roles leaves nothing behind but the sign-in and the listing", async () => {
    const { init, call, home } = await initWorld();
    await call(["login", "corp"]);
    const before = await tree(home.path);
    expect((await init("corp", "--all", "--dry-run")).stdout).toContain("3 to add");
    expect((await init("corp", "--prune", "--all", "--dry-run")).stdout).toContain("3 to add");
    expect((await tree(home.path)).filter((path) => !before.includes(path))).toEqual([LISTING]);
  });

  it("keeps the listing for the run that applies the plan", async () => {
    const world = await initWorld({ center: { accounts: generateAccounts(60, 1) } });
    const { init, center, clock } = world;
    await putToken(world);
    expect((await init("corp", "--all", "--dry-run")).stdout).toContain("60 to add");
    center.requests.length = 0;
    clock.advance(3 * 60_000);
    const { stdout, stderr } = await init("corp", "--all", "--yes");
    expect(stdout).toContain("60 added");
    expect(stderr).toContain("Accounts and roles as listed 3 min ago; --refresh asks again.\n");
    expect(center.requests).toEqual([]);
  });

  it("leaves a listing that was cut short for the run that was meant", async () => {
    const { init, center, home } = await initWorld({ center: { accounts: generateAccounts(30, 1) } });
    center.misbehave({ path: "/assignment/roles", skip: 12, how: { kind: "captivePortal" } });
    expect((await init("corp", "--all", "--yes")).code).toBe(7);
    center.behave();
    const before = await tree(home.path);
    expect((await init("corp", "--all", "--dry-run")).code).toBe(0);
    expect(await tree(home.path)).toEqual(before);
    center.requests.length = 0;
    expect((await init("corp", "--all", "--yes")).code).toBe(0);
    expect(center.count("/assignment/accounts")).toBe(0);
  });
});

const section = sessionSection("corp");
const others = "# mine\n[default]\nregion = x \n\n";

describe.each(["patch", "git"])("what init --dry-run prints, given to %s,", (tool) => {
  it.for<[string, string | undefined]>([
    ["a config that is not there", undefined],
    ["an empty config", ""],
    ["a config without a line feed at its end", others + section.trimEnd()],
    ["a config of CRLF lines", (others + section).replaceAll("\n", "\r\n")],
    [
      "a config with a profile of ours before it ends in mid-line",
      `${profile("old", "123456789011", "Admin")}${section}[profile x]\nregion = y`,
    ],
    [
      "a config with tabs, a byte order mark and a control character",
      `\ufeff[default]\nregion\t= x\n# \u001b[1m\n${section}`,
    ],
  ])("makes the file that init writes of %s", async ([, before], { skip }) => {
    const isThere = spawnSync(tool, ["--version"]).status === 0;
    skip(!isThere, `${tool} is not installed`);
    const { init, config, home } = await initWorld({ config: before ?? "" });
    if (before === undefined) await rm(home.configFile);
    const args = [
      "corp",
      ...NEW_SESSION,
      "--scopes",
      "sso:account:access",
      ...ONE,
      "--command",
      "/opt/sso-cred",
    ];
    const { code, stdout } = await init(...args, "--dry-run");
    expect(code).toBe(0);
    await home.write("plan.patch", stdout);
    await mkdir(join(home.path, "other"));
    const copy = join(home.path, "other/config");
    if (before !== undefined) await home.write("other/config", before);
    const plan = join(home.path, "plan.patch");
    const depth = home.configFile.split("/").length - 1;
    const command = tool === "patch" ? [copy, plan] : ["apply", "--whitespace=nowarn", `-p${depth}`, plan];
    const { status, stderr } = spawnSync(tool, command, { cwd: join(home.path, "other"), encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect((await init(...args)).code).toBe(0);
    expect(await readFile(copy, "utf8")).toBe(await config());
  });
});

const LISTING = `.aws/sso-cred/inventory-${sha1("corp")}.json`;

/** All files and folders below a path. */
const tree = async (path: string) => (await readdir(path, { recursive: true })).sort();
