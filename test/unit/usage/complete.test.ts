import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, sessionSection } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

const line = (session: string, account: string, role: string) =>
  `credential_process = /x/sso-cred ${session} --account-id ${account} --role-name ${role}\n`;
const CONFIG = `[profile dev]
${line("corp", "123456789011", "ReadOnly")}[profile prod:eu]
${line("other", "123456789022", "Admin")}[profile dev2]
${line("corp", "123456789033", "Admin")}${sessionSection("corp")}${sessionSection("other")}`;

let home: Home;
beforeEach(async () => {
  home = await temporaryHome({ config: CONFIG });
});

async function texts(...words: string[]): Promise<string[]> {
  const system = fakeSystem({ env: home.env });
  expect(await runCli(["--complete", "--", ...words], system)).toBe(0);
  expect(system.stderr).toBe("");
  return system.stdout.split("\n").flatMap((row) => row.split("\t")[0] || []);
}

describe("completion offers", () => {
  it.each([
    ["lo", "login logout"],
    ["co", "console completion corp"],
    ["help e", "exec env"],
    ["completion ", "bash zsh fish powershell"],
    ["login ", "corp other"],
    ["login corp --no", "--no-browser"],
    ["--profile d", "dev dev2"],
    ["--profile=p", "--profile=prod:eu"],
    ["exec --profile dev --se", "--serve"],
    ["exec --profile dev -- aws --", ""],
    ["env --shell z", "zsh"],
    ["corp --account-id ", "123456789011 123456789033"],
    ["--account-id 1234567890", "123456789011 123456789022 123456789033"],
    ["corp --account-id 123456789011 --role-name ", "ReadOnly"],
    ["console --account-id=123456789022 --sso-session other --role-name ", "Admin"],
    ["corp --account-id 123456789011 --a", ""],
    ["list --accounts x --ac", "--accounts"],
    ["status corp ", "corp other"],
    ["nothing --unheard ", "--account-id --role-name --sso-session --profile --json --help"],
  ])("for %j: %j", async (line, expected) => {
    expect((await texts(...line.split(" "))).join(" ")).toBe(expected);
  });

  it("commands if the config cannot be read, and no name that would change a terminal", async () => {
    await home.write(".aws/config", "[profile \u001b[31mred]\n[sso-session \u009bx]\n");
    expect(await texts("--profile", "")).toEqual([]);
    const missing = fakeSystem({ env: { HOME: home.path, AWS_CONFIG_FILE: "/" } });
    await runCli(["--complete", "--", "lo"], missing);
    expect(missing.stdout).toContain("login\t");
  });
});
