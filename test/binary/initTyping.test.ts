import { describe, expect, it, onTestFinished } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { profile, START_URL, sessionSection } from "../support/home.ts";
import { desk } from "../support/initDesk.ts";
import { KEYS, startOnTerminal } from "../support/pty.ts";
import { BINARY } from "../support/run.ts";
import { temporaryHome } from "../support/temporary.ts";

const { enter, controlC, down } = KEYS;

/** All answers for a first profile. The account is found by its id, and has only one role. */
const ANSWERS = ["corp", START_URL, "eu-west-1", "", "210987654321", "", "", "dev"];
const CONFIG = `${profile("dev", "210987654321", "ReadOnly")}\n${sessionSection("corp")}`;

describe.each([
  ["with menus", {}],
  ["where TERM is dumb", { TERM: "dumb" }],
])("what is typed ahead, %s,", (_what, env: Record<string, string>) => {
  // On a dumb terminal, a menu asks for a search text and then a number.
  const answers = "TERM" in env ? ANSWERS.with(4, "2") : ANSWERS;

  it.each([
    ["a return", "\r"],
    ["a line feed", "\n"],
    // A terminal that edits lines itself turns `\r\n` into two line ends.
    ...("TERM" in env ? [] : [["both", "\r\n"]]),
  ])(
    "answers the questions one by one when all of it is pasted at once, lines ended by %s",
    async (_end, end) => {
      const { init, config } = await desk();
      const wizard = init([], { env });
      await wizard.waitFor("SSO session name (Recommended):");
      wizard.type(answers.map((line) => line + end).join(""));
      expect(await wizard.done).toMatchObject({ code: 0, screen: expect.stringContaining("--profile dev") });
      expect(await config()).toBe(CONFIG);
    },
  );

  it("answers questions even if it was typed before the first one", async () => {
    const { init, config } = await desk();
    const wizard = init([], { env });
    wizard.type(answers.map((line) => line + enter).join(""));
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toBe(CONFIG);
  });

  it("answers the questions that come after the sign-in and after the listing", async () => {
    const accounts = generateAccounts(60, 1);
    const corp = { config: sessionSection("corp"), accounts, portalRequestsPerSecond: 20 };
    const { init, config, browser } = await desk({ ...corp, browser: "ignore" });
    const wizard = init(["corp", "--accounts", "*"], { env });
    await wizard.waitFor("Sign in to 'corp'");
    wizard.type(`us-east-2${enter}`);
    await expect.poll(() => browser.opened()).toHaveLength(1);
    await fetch(browser.opened()[0] as string);
    if (!("TERM" in env)) await wizard.waitFor(/Listing roles: [1-9]/);
    wizard.type(`yaml${enter}${enter}`);
    expect((await wizard.done).code).toBe(0);
    const text = await config();
    expect(text.match(/^region = us-east-2$/gm)).toHaveLength(60);
    expect(text.match(/^output = yaml$/gm)).toHaveLength(60);
  });

  it("is dropped if an answer before it is rejected: it was meant for other questions", async () => {
    const { init } = await desk();
    const wizard = init([], { env });
    await wizard.waitFor("SSO session name");
    wizard.type(["corp", "nonsense", "eu-west-1", ""].map((line) => line + enter).join(""));
    await wizard.waitFor("Not a valid Start URL");
    const typeMore = () => {
      wizard.type("x"); // Before the question is asked again, the echo stands elsewhere.
      return wizard.screen();
    };
    await expect.poll(typeMore).toMatch(/nonsensex|: x/);
    expect(await wizard.screen()).not.toContain("SSO region");
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
  });

  it("ends the run if it contains a Ctrl-C, and nothing is written", async () => {
    const { init, home } = await desk();
    const wizard = init([], { env });
    await wizard.waitFor("SSO session name");
    wizard.type(answers.map((line) => line + enter).join("") + controlC);
    expect((await wizard.done).code).toBe(130);
    expect(await home.exists(".aws/config")).toBe(false);
  });
});

it("text typed ahead without Enter appears in the next question, to be edited", async () => {
  const { init } = await desk();
  const wizard = init();
  await wizard.waitFor("SSO session name");
  wizard.type(`corp${enter}https://`);
  await wizard.waitFor("SSO start URL [None]: https://");
  wizard.type(`${START_URL.slice("https://".length)}${enter}`);
  await wizard.waitFor("SSO region [None]:");
  wizard.type(controlC);
  await wizard.done;
});

describe("when the terminal's size changes", () => {
  const HELP = "up/down move, tab tick, enter accept, esc cancel";
  const said = "SSO session name (Recommended) [corp]:";

  it("a menu is drawn again, and nothing of the old one is left", async () => {
    const accounts = generateAccounts(500, 1);
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true, accounts });
    const wizard = init();
    await wizard.waitFor("SSO session name");
    wizard.type(enter);
    await wizard.waitFor("500; up/down");
    wizard.type(down + down);
    await wizard.waitFor("2 of 500;");

    const message = "There are 500 AWS accounts available to you.";
    const help = `2 of 500; ${HELP}`;
    const row = (number: number, text: (id: string) => string) => {
      const id = String(number).padStart(4, "0");
      return `${number === 2 ? ">" : " "} [ ] ${text(id)} (${100_000_000_000 + number})`;
    };
    wizard.resize(50, 12);
    await wizard.waitFor(/….*esc cancel\nType to search:/s);
    const narrow = (id: string) => `account-${id}, account-${id}`.slice(0, 26).concat("…");
    const rows = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
    expect((await wizard.window()).split("\n")).toEqual([
      message,
      ...rows(6).map((number) => row(number, narrow)),
      "2 of 500; enter accept, esc cancel",
      "Type to search:",
    ]);

    wizard.resize(80, 16);
    await wizard.waitFor(`${help}\nType to search:`);
    const wide = (id: string) => `account-${id}, account-${id}@example.com`;
    const window = (await wizard.window()).split("\n");
    expect(window.slice(window.indexOf(message))).toEqual([
      message,
      ...rows(11).map((number) => row(number, wide)),
      help,
      "Type to search:",
    ]);
    wizard.type(`0499${enter}`);
    await wizard.waitFor("Default client Region");
    expect(await wizard.window()).toMatch(
      /There are 500 AWS accounts available to you.\nUsing the account ID 100000000499\n/,
    );
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
  });

  it("a menu that fits is shown once, and the text before it stays", async () => {
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init();
    await wizard.waitFor("SSO session name");
    wizard.type(`corp${enter}`);
    await wizard.waitFor("There are 2 AWS accounts");
    wizard.type(down);
    await wizard.waitFor("> [ ] Development");
    for (const [columns, rows, shown] of [
      [30, 24, "> [ ] Dev…ent (123456789011)"],
      [50, 20, "> [ ] Development, dev@example.c… (123456789011)"],
      [41, 15, "> [ ] Development, dev@… (123456789011)"],
      [80, 12, "> [ ] Development, dev@example.com (123456789011)"],
      [44, 10, "> [ ] Development, dev@exa… (123456789011)"],
      [80, 24, "> [ ] Development, dev@example.com (123456789011)"],
    ] as const) {
      wizard.resize(columns, rows);
      await wizard.waitFor(shown);
      await wizard.waitFor(/search:$/);
      const screen = (await wizard.screen()).replaceAll("\n", "");
      expect([columns, screen.match(/There are 2|Dev|Pro|search:/g)]).toEqual([
        columns,
        ["There are 2", "Dev", "Pro", "search:"],
      ]);
    }
    expect((await wizard.screen()).split("\n")).toEqual([
      `${said} corp`,
      "There are 2 AWS accounts available to you.",
      "> [ ] Development, dev@example.com (123456789011)",
      "  [ ] Production, prod@example.com (210987654321)",
      HELP,
      "Type to search:",
    ]);
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
  });

  it("a question is shown once, with the typed text", async () => {
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init();
    await wizard.waitFor("SSO session name");
    wizard.type("no way");
    for (const [columns, rows] of [
      [50, 20],
      [70, 3],
      [60, 24],
      [80, 24],
    ] as const) {
      wizard.resize(columns, rows);
      // The screen shows no change, because the row looks the same as before.
      wizard.type("x");
      await wizard.waitFor(/no wayx$/);
      wizard.type(KEYS.backspace);
      await wizard.waitFor(/no way$/);
      expect(await wizard.screen()).toBe(`${said} no way`);
    }
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
  });
});

it("a question that was left with Ctrl-Z comes back with fg and the typed text", async () => {
  const home = await temporaryHome({ config: sessionSection("corp") });
  const shell = startOnTerminal("/bin/sh", ["-i"], { home, env: { PS1: "$ ", SSO_CRED: BINARY } });
  onTestFinished(() => shell.kill());
  await shell.waitFor("$");
  shell.type(`set -m; "$SSO_CRED" init${enter}`);
  await shell.waitFor("SSO session name");
  shell.type("new");
  await shell.waitFor("]: new");
  shell.type("\u001a");
  await shell.waitFor(/\n\$$/);
  shell.type(`fg${enter}`);
  await shell.waitFor(/\[corp\]: new$/);
  shell.type(`est${enter}`);
  expect(await shell.waitFor("SSO start URL [None]:")).toMatch(
    /^\$ fg\n.*\n.*\[corp\]: newest\n\(your AWS .*\nSSO start URL/m,
  );
  shell.type(controlC);
  await shell.waitFor(/\n\$$/);
});

it("a menu is shown on a terminal of unknown size, too", async () => {
  const home = await temporaryHome({ config: sessionSection("corp") + sessionSection("partner") });
  const command = 'stty rows 0 cols 0; exec "$SSO_CRED" login';
  const login = startOnTerminal("/bin/sh", ["-c", command], { home, env: { SSO_CRED: BINARY } });
  onTestFinished(() => login.kill());
  await login.waitFor(/search:$/);
  login.type(down + down);
  await login.waitFor("> partner");
  expect((await login.screen()).split("\n").slice(0, 3)).toEqual([
    "Which SSO session?",
    "  corp",
    "> partner",
  ]);
  login.type(controlC);
  expect((await login.done).code).toBe(130);
});
