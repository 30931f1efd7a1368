import { expect, onTestFinished, test } from "vitest";
import { binaryWorld } from "../support/binaryWorld.ts";
import { sessionSection, tokenPath } from "../support/home.ts";
import { KEYS, startBinaryOnTerminal } from "../support/pty.ts";

async function twoSessions() {
  const { home, options } = await binaryWorld({ config: sessionSection("corp") + sessionSection("partner") });
  const login = startBinaryOnTerminal(["login"], options);
  onTestFinished(() => login.kill());
  await login.waitFor("Which SSO session?");
  return { home, login };
}

test("login without a session, with several in the config, asks the person at the terminal", async () => {
  const { home, login } = await twoSessions();
  // One session is to be chosen, so a blank ticks nothing.
  login.type(KEYS.down + KEYS.space);
  const menu = await login.waitFor("> corp\n  partner\nup/down move, enter accept, esc cancel");
  expect(menu).not.toContain("ticked");
  login.type(KEYS.down + KEYS.enter);
  const { code, screen } = await login.done;
  expect(screen).toContain("Signed in to 'partner'");
  expect(code).toBe(0);
  expect(await home.exists(tokenPath("partner"))).toBe(true);
  expect(await home.exists(tokenPath("corp"))).toBe(false);
});

test("leaving the question unanswered starts no sign-in and exits with 130", async () => {
  const { home, login } = await twoSessions();
  login.type(KEYS.controlC);
  const { code } = await login.done;
  expect(code).toBe(130);
  expect(await home.exists(".aws/sso")).toBe(false);
});
