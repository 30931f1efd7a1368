import { expect, it, onTestFinished } from "vitest";
import { MAIN_JOB } from "../support/binaryWorld.ts";
import { answer, desk, NEW_SESSION } from "../support/initDesk.ts";
import { KEYS, startBinaryOnTerminal, startMainJobBehindTerminal } from "../support/pty.ts";
import { screenBook } from "../support/screens.ts";

const { enter, down, space, controlC } = KEYS;

/** Wide characters, and names as long as AWS allows. */
const ACCOUNTS = [
  {
    accountId: "123456789011",
    accountName: "開発環境（東京リージョン）検証用アカウント第一",
    emailAddress: "kaihatsu@example.co.jp",
    roles: ["ReadOnly", "AdministratorAccess-ProductionEU"],
  },
  {
    accountId: "210987654321",
    accountName: "本番",
    emailAddress: "honban-no-nagai-mail-address@example.co.jp",
    roles: ["ReadOnly"],
  },
];
const OLD = "[profile 開発]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n\n";

interface Look {
  columns: number;
  env?: Record<string, string>;
}

/** A life on one terminal, from `init` to the logout. Returns the screens and all bytes. */
async function life({ columns, env = {} }: Look) {
  const { home, center, browser, init } = await desk({ accounts: ACCOUNTS, config: OLD, browser: "ignore" });
  const book = screenBook(home);
  let raw = "";
  const wizard = init([], { columns, rows: 50, env });
  await answer(wizard, [
    ...NEW_SESSION,
    ["Convert them to sso-cred first? [Y/n]:", enter],
    ["(Ctrl-C cancels)", ""],
  ]);
  await book.add("init: the sign-in", wizard);
  await fetch(browser.opened()[0] as string);
  const isPlain = env.TERM === "dumb";
  await wizard.waitFor(isPlain ? "to search:" : /There are 2 AWS.*search:$/s);
  if (isPlain) wizard.type(`1,2${enter}`);
  else {
    wizard.type(down + space + down + space);
    await wizard.waitFor("2 ticked");
    await book.add("init: the menu of accounts", wizard);
    wizard.type(enter);
  }
  await wizard.waitFor(isPlain ? /There are 2 roles.*to search:$/s : /There are 2 roles.*search:$/s);
  if (!isPlain) await book.add("init: the menu of roles", wizard);
  if (isPlain) wizard.type(`1,2${enter}`);
  else {
    wizard.type(down + space + down + space);
    await answer(wizard, [["2 ticked", enter]]);
  }
  await answer(wizard, [
    ["Default client Region [eu-west-1]:", enter],
    ["CLI default output format (json if not specified) [json]:", enter],
    ["Profile name template [{account_id}_{role_name}]:", `{account_name}-{role_name}${enter}`],
  ]);
  expect((await wizard.done).code).toBe(0);
  raw += (await wizard.done).raw;
  await book.add("init: the end", wizard);

  async function command(args: string[], code: number, steps: [string | RegExp, string][] = []) {
    const options = { home, columns, rows: 50, env: { ...center.env, BROWSER: browser.command, ...env } };
    const running = startBinaryOnTerminal(args, options);
    onTestFinished(() => running.kill());
    await answer(running, steps);
    const end = await running.done;
    raw += end.raw;
    await book.add(args.join(" "), running);
    expect([args, end.code]).toEqual([args, code]);
  }
  await command(["list"], 0);
  await command(["status"], 0);
  await command(["corp", "--account-id", "123456789011", "--role-name", "ReadOnly"], 0);
  await command(["--profile", "開発"], 0);
  await command(["doctor", "--offline"], 8);
  await command(["init", "corp", "--all", "--profile-name", "{role_name}"], 2);
  center.accounts = ACCOUNTS.slice(0, 1);
  await command(["init", "corp", "--prune", "--refresh"], 130, [["Write this? [y/N]:", enter]]);
  await command(["init", "--revert", "--dry-run"], 0);
  await command(["list", "crop"], 3);
  await command(["login", "--no-browser"], 130, [["(Ctrl-C cancels)", controlC]]);
  await command(["login", "--use-device-code"], 130, [["(Ctrl-C cancels)", controlC]]);
  await command(["logout"], 0);
  await command(["status"], 4);
  if (columns > 60) {
    // A call by a program: the terminal is another one's, and its width unknown.
    const options = { home, columns, rows: 50, env: { ...center.env, ...env, SSO_CRED_LOGIN: "device" } };
    const called = startMainJobBehindTerminal({
      ...options,
      env: { ...options.env, BROWSER: "false" },
    });
    onTestFinished(() => called.kill());
    const screen = await called.waitFor(/^ {2}[A-Z]{4}-[A-Z]{4}$/m);
    await book.add(`${MAIN_JOB.join(" ")}, called by a program`, called);
    center.approveDevice(/^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(screen)?.[1]);
    expect((await called.done).code).toBe(0);
  }
  return { book, raw };
}

it.each([60, 80, 200])("every screen fits %i columns", async (columns) => {
  const { book, raw } = await life({ columns });
  await book.compare(`${columns}-columns`);
  expect(raw).toContain("\u001b[31m-[profile 210987654321-ReadOnly]\u001b[39m");
});

it("every screen is the same without colours", async () => {
  const { book, raw } = await life({ columns: 80, env: { NO_COLOR: "1" } });
  await book.compare("80-columns");
  expect(raw).not.toMatch(SGR);
});

it("every screen is plain lines where TERM is dumb", async () => {
  const { book, raw } = await life({ columns: 80, env: { TERM: "dumb" } });
  await book.compare("dumb");
  expect(raw).not.toContain("\u001b");
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
const SGR = /\u001b\[[\d;]*m/;
