import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SSO_KEYS, sessionSection } from "../support/home.ts";
import { home, SCRIPT } from "../support/installer.ts";
import { KEYS, startOnTerminal } from "../support/pty.ts";
import { BARE_PATH, placeExecutable, runShell } from "../support/run.ts";

/** An installation with two profiles, one with its path and one with the bare name. */
async function installation(prefix: string) {
  const folder = join(home.path, prefix);
  const bin = join(folder, "bin");
  placeExecutable(bin);
  const env = { PATH: `${bin}:${BARE_PATH}` };
  await home.write(".aws/config", sessionSection("corp"));
  const role = "--account-id 123456789011 --role-name ReadOnly";
  for (const [name, more] of [
    ["bare", "--command sso-cred"],
    ["path", ""],
  ]) {
    const line = `sso-cred init corp ${role} --profile-name ${name} --yes ${more}`;
    expect(await runShell(line, { home, env })).toMatchObject({ code: 0 });
  }
  const uninstall = () => {
    const options = { home, env, columns: 200 };
    const terminal = startOnTerminal("/bin/sh", [SCRIPT, "--uninstall", "--prefix", folder], options);
    onTestFinished(() => terminal.kill());
    return terminal;
  };
  return { env, uninstall };
}

test.each(["opt", "my apps", "it's"])(
  "install.sh --uninstall counts the profiles that break, and names a command that can be run: in %s",
  async (prefix) => {
    const { env, uninstall } = await installation(prefix);
    const terminal = uninstall();
    const screen = await terminal.waitFor("Do that now? [y/N]");
    const [, count, command = ""] = /^(\d) profile.* first: (.*)$/m.exec(screen) ?? [];
    expect(count).toBe("2");
    expect(await runShell(command, { home, env })).toMatchObject({ code: 0 });
    expect((await home.read(".aws/config")).split(SSO_KEYS)).toHaveLength(3);
  },
);

test.each([
  ["y", 2],
  ["", 0],
])("install.sh --uninstall reverts the profiles if a person says so: %j", async (typed, reverted) => {
  const { uninstall } = await installation("opt");
  const terminal = uninstall();
  await terminal.waitFor("Do that now? [y/N]");
  terminal.type(typed + KEYS.enter);
  expect((await terminal.done).code).toBe(0);
  expect((await home.read(".aws/config")).split(SSO_KEYS)).toHaveLength(reverted + 1);
  expect(await home.exists("opt/bin/sso-cred")).toBe(false);
});
