import { existsSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { NO_ENDPOINTS } from "../support/atAws.ts";
import { cacheRole, SSO_KEYS, sessionSection } from "../support/home.ts";
import { signedInWorld } from "../support/signedIn.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const CONFIG = `${sessionSection("corp")}[profile dev]\n${SSO_KEYS}`;

/** Runs `--profile dev` with both files; their paths are shown as CONFIG and CREDENTIALS. */
async function run(credentials: string, config = CONFIG, env: Record<string, string | undefined> = {}) {
  const { call, home } = await signInWorld({ config });
  const path = await home.write(".aws/credentials", credentials);
  const { code, stderr } = await call(["--profile", "dev"], { env });
  const shown = stderr.replaceAll(path, "CREDENTIALS").replaceAll(home.configFile, "CONFIG");
  return { code, message: shown.replace("sso-cred: ", "").trimEnd() };
}

describe("a role that the AWS CLI would not read in the credentials file is rejected:", () => {
  const advice = "write each key once, at the start of its line, and one section of each name";
  test.each([
    [
      "a section that comes twice",
      "[dev]\nsso_role_name = A\n[dev]\nsso_role_name = B\n",
      "CREDENTIALS: sso_role_name of [dev] is A (line 2) and B (line 4); remove one of them",
    ],
    [
      "a key that comes twice",
      "[dev]\nsso_account_id = 111111111111\nsso_account_id = 222222222222\n",
      "CREDENTIALS: sso_account_id of [dev] is 111111111111 (line 2) and 222222222222 (line 3); remove one of them",
    ],
    [
      "an indented key",
      "[dev]\nregion = eu-west-1\n  sso_role_name = Admin\n",
      `CREDENTIALS: sso_role_name of [dev] is Admin here and ReadOnly to the AWS CLI; ${advice}`,
    ],
    [
      "a space in the brackets",
      "[ dev]\nsso_role_name = Admin\n",
      `CREDENTIALS: sso_role_name of [dev] is Admin here and ReadOnly to the AWS CLI; ${advice}`,
    ],
    [
      "a bracket in the header's comment",
      "[dev] # [x]\nsso_role_name = Admin\n",
      `CREDENTIALS: sso_role_name of [dev] is Admin here and ReadOnly to the AWS CLI; ${advice}`,
    ],
  ])("%s", async (_, credentials, message) => {
    expect(await run(credentials)).toEqual({ code: 3, message });
  });
});

it("accepts what the AWS CLI reads alike in the credentials file", async () => {
  for (const credentials of [
    "[dev] # mine\nregion = eu-west-1\n",
    "[dev]\n  region = eu-west-1\n  sso_role_name = ReadOnly\n",
    "[dev]\nregion = a\nregion = b\n[dev]\nsso_role_name = ReadOnly\nsso_role_name = ReadOnly\n",
    "[ dev]\nsso_role_name = ReadOnly\n[devel]\nsso_role_name = A\nsso_role_name = B\n",
    "[DEFAULT]\nsso_role_name = ReadOnly\n[dev]\nregion = eu-west-1\n",
  ]) {
    expect(await run(credentials), credentials).toEqual({ code: 0, message: "" });
  }
});

describe("a fault in the credentials file is said to be there:", () => {
  test.each([
    ["a malformed account", "sso_account_id = 12", "sso_account_id is not 12 digits: 12"],
    [
      "a role with a hidden character",
      "sso_role_name = Read\u00a0Only",
      "sso_role_name is not a role name, as its character 5 is U+00A0, a no-break space: Read\u00a0Only",
    ],
    ["an empty role", "sso_role_name =", "CREDENTIALS: [dev] has no sso_role_name"],
    ["another region", "sso_region = us-east-1", "has sso_region = us-east-1, but [sso-session corp] has"],
  ])("%s", async (_, line, message) => {
    const result = await run(`[dev]\n${line}\n`);
    expect(result).toEqual({ code: 3, message: expect.stringMatching(/^CREDENTIALS: .*\[dev\]/) });
    expect(result.message).toContain(message);
  });

  test("a profile that only the credentials file has", async () => {
    const legacy = "sso_start_url = http://a\nsso_region = eu-west-1\n";
    expect((await run(`[dev]\n${legacy}`)).message).toMatch(/^CREDENTIALS: \[dev\] has sso_start_url = /);
    expect((await run(`[dev]\n${legacy}`, "")).message).toMatch(/^CREDENTIALS: \[dev\]: sso_start_url is/);
    expect((await run("[dev]\nregion = x\n", sessionSection("corp"))).message).toMatch(
      /^CREDENTIALS: \[dev\] has no sso_session/,
    );
  });

  test.each([
    ["endpoint_url = ftp://x", "CREDENTIALS: endpoint_url of [dev] is not an https URL: ftp://x"],
    ["services = x", "CREDENTIALS: [dev] has services = x, which is not a section of CONFIG"],
  ])("%s", async (line, message) => {
    expect(await run(`[dev]\n${line}\n`, CONFIG, NO_ENDPOINTS)).toEqual({ code: 3, message });
  });

  test("but a key that only the config has is the config's", async () => {
    const config = CONFIG.replace("123456789011", "12");
    expect((await run("[dev]\nregion = x\n", config)).message).toMatch(
      /^CONFIG: \[profile dev\]: sso_account_id/,
    );
  });

  test.each(["[profile dev]", '["dev"]', '[profile "dev"]'])(
    "a header in the form of the config, %s",
    async (header) => {
      expect(await run(`# mine\n${header}\n${SSO_KEYS}`, sessionSection("corp"))).toEqual({
        code: 3,
        message: `there is no profile dev; CREDENTIALS: line 2 has ${header}, which should be [dev]`,
      });
    },
  );
});

describe.each<[string, readonly string[]]>([
  ["a new sign-in", ["login", "corp"]],
  ["a logout", ["logout", "corp"]],
  ["a logout of all", ["logout", "--all"]],
])("%s removes role credentials that the AWS CLI has cached for a profile", (_, args) => {
  async function isLeft(config: string, write: (world: SignInWorld) => Promise<unknown>) {
    const world = await signedInWorld({ config });
    const path = await cacheRole(world.home);
    await write(world);
    const { code } = await world.call(args);
    await world.settled();
    return { code, isLeft: existsSync(path) };
  }

  it("in the credentials file", async () => {
    const write = ({ home }: SignInWorld) => home.write(".aws/credentials", `[dev]\n${SSO_KEYS}`);
    expect(await isLeft(sessionSection("corp"), write)).toEqual({ code: 0, isLeft: false });
  });

  it("in the config, also where the credentials file cannot be read", async () => {
    const write = ({ home }: SignInWorld) => home.write(".aws/credentials/file", "");
    expect(await isLeft(CONFIG, write)).toEqual({ code: args[0] === "login" ? 0 : 3, isLeft: false });
  });
});
