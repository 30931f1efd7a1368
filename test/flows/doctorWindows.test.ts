import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { GOOD, program } from "../support/doctorCases.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

/** What doctor finds on Windows, where the home is USERPROFILE. */
async function findings({ call, home }: SignInWorld, env: Record<string, string> = {}): Promise<Finding[]> {
  const options = { env: { USERPROFILE: home.path, HOME: "", ...env }, platform: "win32" } as const;
  return JSON.parse((await call(["doctor", "--offline", "--json"], options)).stdout);
}

const idsOf = (found: readonly Finding[]) => found.map(({ id }) => id);

describe("doctor on Windows names", () => {
  it.each([
    ["PowerShell", {}, (name: string) => `Remove-Item Env:${name}`],
    ["cmd", { PROMPT: "$P$G" }, (name: string) => `set ${name}=`],
    ["Git Bash", { MSYSTEM: "MINGW64" }, (name: string) => `unset ${name}`],
  ])("commands that %s runs, and each variable once", async (_, shell, unset) => {
    const world = await signInWorld({ config: GOOD });
    const { path } = world.home;
    const env = {
      ...shell,
      AWS_PROFILE: "nope",
      AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
      // Windows gives a variable by any spelling of its name.
      HTTPS_PROXY: "http://proxy",
      https_proxy: "http://proxy",
    };
    const found = await findings(world, env);
    const runOf = (id: string, all = found) => all.find((one) => one.id === id)?.run;
    expect(runOf("env-profile-missing")).toBe(unset("AWS_PROFILE"));
    expect(runOf("env-static-keys")).toBe(unset("AWS_ACCESS_KEY_ID"));
    expect(idsOf(found).filter((id) => id === "proxy-in-use")).toHaveLength(1);
    const elsewhere = await findings(world, { ...env, AWS_CONFIG_FILE: `${path}/none` });
    expect(runOf("config-missing", elsewhere)).toBe(unset("AWS_CONFIG_FILE"));
    const folder = await findings(world, { ...env, AWS_CONFIG_FILE: path });
    expect(runOf("config-unreadable", folder)).toBe(`dir "${path}"`);
  });

  it("quotes around a command, and the command that does without", async () => {
    const world = await signInWorld();
    const path = await program(world, "exit 0");
    const write = (line: string) => world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", line));
    await write(`"${path}"`);
    expect(await findings(world)).toContainEqual(
      expect.objectContaining({ id: "command-quoted", run: "sso-cred init --repair" }),
    );
    await write(path);
    expect(idsOf(await findings(world))).not.toContain("command-quoted");
  });

  it("a bare name that only cmd finds, as that of npm's batch file", async () => {
    const world = await signInWorld({ config: GOOD.replace("/opt/sso-cred", "sso-cred") });
    const PATH = join(world.home.path, "bin");
    await world.home.write("bin/sso-cred", "npm's script for sh", 0o755);
    await world.home.write("bin/sso-cred.cmd", "@exit /b 0", 0o755);
    expect(await findings(world, { PATH })).toContainEqual(
      expect.objectContaining({
        id: "command-not-executable",
        found: "sso-cred, the command of profile 'dev', is in Path only as a batch file",
        run: expect.stringMatching(/^sso-cred init --repair --command "/),
      }),
    );
    await world.home.write("bin/sso-cred.exe", "", 0o755);
    expect(idsOf(await findings(world, { PATH }))).not.toContain("command-not-executable");
  });

  it("a HOME where Java and JavaScript look for another config", async () => {
    const world = await signInWorld({ config: GOOD });
    const { path, configFile } = world.home;
    const fix = `remove HOME, or set AWS_CONFIG_FILE to ${configFile}`;
    expect(await findings(world, { HOME: "H:\\" })).toContainEqual(
      expect.objectContaining({ id: "env-home", fix }),
    );
    for (const env of [
      { HOME: "" },
      { HOME: `${path.toUpperCase()}/` },
      { HOME: "H:\\", AWS_CONFIG_FILE: configFile },
    ])
      expect(idsOf(await findings(world, env))).not.toContain("env-home");
  });
});
