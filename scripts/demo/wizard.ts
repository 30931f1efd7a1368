import { KEYS } from "../../test/support/pty.ts";
import { browserLine } from "./document.ts";
import type { Page } from "./page.ts";
import type { Stage } from "./stage.ts";
import type { Check } from "./story.ts";

const { enter } = KEYS;

/** A person without a config answers the questions of `init`. The page shows the screen. */
export async function firstProfile(stage: Stage, page: Page, profile: string): Promise<Check[]> {
  page.command("sso-cred init");
  const wizard = stage.onTerminal(["init"]);
  async function answer(questions: Readonly<Record<string, string>>): Promise<void> {
    for (const [question, typed] of Object.entries(questions)) {
      await wizard.waitFor(question);
      wizard.type(typed + enter);
    }
  }

  await answer({
    "SSO session name": "my-sso",
    "SSO start URL [None]:": "d-1234567890",
    "SSO region [None]:": "eu-west-1",
    "SSO registration scopes": "",
  });
  const menu = "There are 2 AWS accounts";
  for (let denials = 1; ; denials++) {
    const denied = `(?:the sign-in .*?was denied.*?){${denials}}SSO start URL`;
    const screen = await wizard.waitFor(new RegExp(`${menu}|${denied}`, "s"), stage.signInMs);
    if (screen.includes(menu)) break;
    page.line("You have pressed Deny: the wizard keeps every answer, and asks once more.");
    wizard.type(enter.repeat(3));
  }
  const screen = await wizard.waitFor(/search:$/);
  page.output(screen);
  page.blank();
  page.line(browserLine(stage));
  page.line("Typed here: dev, Enter; read, Enter; Enter; Enter; the profile's name, Enter.");
  page.blank();
  await answer({
    [menu]: "dev",
    "There are 2 roles": "read",
    "Default client Region": "",
    "CLI default output format": "",
    "Profile name": profile,
  });
  const { code, screen: last } = await wizard.done;
  page.output(last.slice(last.indexOf("Using the account ID")));
  const written = await stage.home.read(".aws/config");
  return [
    { what: "exit code", expected: 0, seen: code },
    { what: "~/.aws/config, which is the README's", expected: stage.config, seen: written },
  ];
}
