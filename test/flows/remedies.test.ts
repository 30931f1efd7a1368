import { expect, test } from "vitest";
import { sessionSection } from "../support/home.ts";
import { signInWorld } from "../support/signInWorld.ts";

test.each([
  ["-x", "sso-cred login --sso-session=-x"],
  ["--all", "sso-cred login --sso-session=--all"],
  ["my session", 'sso-cred login "my session"'],
])("the remedy for the session %s names it so that the command accepts it", async (name, command) => {
  const { call } = await signInWorld({ config: sessionSection(name), env: { SSO_CRED_LOGIN: "never" } });
  const words = ["--sso-session", name, "--account-id", "123456789011", "--role-name", "ReadOnly"];
  const { stderr } = await call([`--sso-session=${name}`, ...words.slice(2)]);
  expect(stderr.split("\n")[1]).toBe(`  run: ${command}`);
});
