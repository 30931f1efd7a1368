import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { binaryWorld, signedIn } from "../support/binaryWorld.ts";
import { START_URL, sessionSection } from "../support/home.ts";
import { answer, NEW_SESSION } from "../support/initDesk.ts";
import { KEYS, startOnTerminal } from "../support/pty.ts";
import { BINARY, placeExecutable, start } from "../support/run.ts";
import { screenBook } from "../support/screens.ts";

const { enter, down, escape: esc } = KEYS;
const SIGN_IN = "Waiting for your browser … (Ctrl-C cancels)";

/** A person with a terminal, a browser and the config. Every screen goes into the book. */
async function person(config?: string) {
  const { home, center, browser, options } = await binaryWorld({ config: config ?? null, browser: "ignore" });
  const { env } = options;
  const book = screenBook(home);
  let program = BINARY;
  return {
    use(path: string) {
      program = path;
    },
    home,
    center,
    browser,
    book,
    config: () => home.read(".aws/config"),
    async type(command: string, code: number, steps: [shows: string | RegExp, keys: string][] = []) {
      const running = startOnTerminal(program, command.split(" "), { home, env, columns: 80, rows: 40 });
      onTestFinished(() => running.kill());
      for (const [shows, keys] of steps) {
        await answer(running, [[shows, keys]]);
        if (shows === SIGN_IN) await fetch(browser.opened()[0] as string);
      }
      const end = await running.done;
      await book.add(`sso-cred ${command}`, running);
      expect([command, end.code, end.screen]).toEqual([command, code, expect.anything()]);
    },
    /**
     * Runs the profile's line like the AWS CLI, without terminal or shell. Returns the document.
     */
    async call(profile: string) {
      const line = new RegExp(`\\[profile ${profile}\\].*\\n(?:.*\\n)*?credential_process = (.*)`);
      const [, command = ""] = line.exec(await home.read(".aws/config")) ?? [];
      const [file = "", ...args] = command.split(" ");
      const { code, stdout, stderr } = await start(file, args, { home, env }).done;
      expect([code, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
  };
}

type Person = Awaited<ReturnType<typeof person>>;

/** The first call asks the portal, without a further sign-in. The second one is a hit. */
async function expectCredentials({ call, center, browser }: Person, signIns: number) {
  const first = await call("dev");
  expect(first).toMatchObject({ Version: 1, AccountId: "123456789011" });
  const asked = center.requests.length;
  expect(await call("dev")).toEqual(first);
  expect([center.requests.length, browser.opened().length]).toEqual([asked, signIns]);
}

describe("the first hour", () => {
  it("of a person with profiles of the AWS CLI: adopted, used without a sign-in, given back", async () => {
    const keys = (role: string) =>
      `sso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ${role}\nregion = eu-west-1\n`;
    const before = `[default]\nregion = us-east-1\n\n[profile dev] # mine\n${keys("ReadOnly")}\n[profile admin]\n${keys("Admin")}output=json\n${sessionSection("corp")}`;
    const one = await person(before);
    await signedIn(one);

    await one.type("init", 130, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["Convert them to sso-cred first? [Y/n]:", enter],
      [/There are 2 AWS accounts.*search:$/s, esc],
    ]);
    await expectCredentials(one, 0);
    await one.type("list", 0);
    await one.type("status", 0);
    await one.type("init --revert", 0);
    expect(await one.config()).toBe(before);
    await one.book.compare("person-aws-cli");
  });

  it("of a person with granted: recognised, the portal offered, adopted, given back", async () => {
    const before = `[profile dev]
granted_sso_start_url = ${START_URL}
granted_sso_region = eu-west-1
granted_sso_account_id = 123456789011
granted_sso_role_name = ReadOnly
common_fate_generated_from = aws-sso
credential_process = granted credential-process --profile dev
region = eu-west-1
`;
    const one = await person(before);
    await one.type("init", 130, [
      ["SSO session name (Recommended):", `corp${enter}`],
      [`SSO start URL [${START_URL}]:`, enter],
      ["SSO region [eu-west-1]:", enter],
      ["SSO registration scopes", enter],
      ["Convert them to sso-cred first? [Y/n]:", enter],
      [SIGN_IN, ""],
      [/There are 2 AWS accounts.*search:$/s, esc],
    ]);
    await expectCredentials(one, 1);
    expect(await one.home.read(".aws/config.sso-cred.bak")).toBe(before);
    await one.type("init --revert", 0);
    expect(await one.config()).toBe(`${before}\n${sessionSection("corp")}`);
    await one.book.compare("person-granted");
  });

  it("of a person with nothing at all: led to init, and from there to credentials", async () => {
    const one = await person();
    await one.type("status", 3);
    await one.type("init", 0, [
      ...NEW_SESSION,
      [SIGN_IN, ""],
      [/There are 2 AWS accounts.*search:$/s, `dev${enter}`],
      [/There are 2 roles.*search:$/s, down + down + enter],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", `dev${enter}`],
    ]);
    expect((await one.home.files(".aws")).find(({ path }) => path === ".aws/config")?.mode).toBe("600");
    await expectCredentials(one, 1);
    await one.type("--profile dev", 0);
    await one.type("doctor --offline", 0);
    await one.type("logout", 0);
    await one.book.compare("person-nothing");
  });

  it("of a person with six accounts: the plan, then all of them, from one listing", async () => {
    const template: [string, string] = ["Profile name template", enter];
    const one = await person(sessionSection("corp"));
    one.center.accounts = generateAccounts(6, 1);
    await signedIn(one);
    await one.type("init corp --accounts *0006 --roles * --yes", 0);
    await one.type("init corp --all --dry-run", 0);
    const asked = one.center.requests.length;
    await one.type("init corp --all", 130, [template, ["Write this? [Y/n]:", `n${enter}`]]);
    await one.type("init corp --all", 0, [template, ["Write this? [Y/n]:", enter]]);
    expect(one.center.requests).toHaveLength(asked);
    await one.type("init corp --all --refresh --yes", 0);
    expect(one.center.requests.length).toBeGreaterThan(asked);
    await one.book.compare("person-many");
  });

  it("of a person who moves the program: told by status, repaired, and no profile more", async () => {
    const one = await person();
    const [before, after] = [join(one.home.path, "old"), join(one.home.path, "new")];
    one.use(placeExecutable(before));
    const flags = `--start-url ${START_URL} --sso-region eu-west-1 --account-id 123456789011`;
    for (const role of ["Admin", "ReadOnly"])
      await one.type(`init corp ${flags} --role-name ${role} --profile-name ${role} --yes`, 0);
    const written = await one.config();
    await rename(before, after);
    one.use(join(after, "sso-cred"));
    await one.type("status", 4);
    await one.type("init --repair", 0);
    await one.type("status", 4);
    await one.type("init --repair", 0);
    expect(await one.config()).toBe(written.replaceAll(before, after));
    await one.book.compare("person-moved");
  });
});
