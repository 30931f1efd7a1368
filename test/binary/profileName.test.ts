import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/usage/commandTable.ts";
import { type BinaryWorld, binaryWorld, signedIn } from "../support/binaryWorld.ts";
import { SSO_KEYS, START_URL, sessionSection, tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";

const ROLE = "--account-id 123456789011 --role-name ReadOnly";
/** Only the profiles lead to `corp`: another session comes first. */
const CONFIG = `${sessionSection("another")}${sessionSection("corp")}
[profile ours]
credential_process = /opt/sso-cred corp ${ROLE}
region = eu-west-1
[profile quoted]
credential_process = "/my tools/sso-cred" ${ROLE} --sso-session corp
region = eu-west-1
[profile keys]
${SSO_KEYS}region = eu-west-1
`;

interface Case {
  readonly args: (profile: string) => string[];
  readonly isSignedOut?: true;
  readonly shows: RegExp | ((result: RunResult, world: BinaryWorld) => Promise<void>);
}

const isGone = async ({ stdout }: RunResult, { home }: BinaryWorld) => {
  expect(stdout).toBe("Signed out of 'corp'.\n");
  expect([await home.exists(tokenPath("corp")), await home.exists(tokenPath("another"))]).toEqual([
    false,
    true,
  ]);
};

const CASES: Record<string, Case> = {
  login: {
    args: (profile) => ["login", "--profile", profile],
    isSignedOut: true,
    shows: /^Signed in to 'corp'/,
  },
  logout: { args: (profile) => ["logout", "--profile", profile], shows: isGone },
  list: { args: (profile) => ["list", "--profile", profile], shows: /123456789011 .*ReadOnly/ },
  status: {
    args: (profile) => ["status", "--profile", profile],
    // No line of the other session.
    shows: /^corp: signed in[^\n]*\n(?!another)/,
  },
  doctor: {
    args: (profile) => ["doctor", "--profile", profile, "--json"],
    shows: async ({ stdout }) => {
      const found: { id: string; found: string }[] = JSON.parse(stdout);
      expect(found.filter(({ id }) => id === "signed-in").map((one) => one.found)).toEqual([
        expect.stringContaining("signed in to 'corp'; "),
      ]);
    },
  },
  exec: {
    args: (profile) => [
      "exec",
      "--profile",
      profile,
      "--",
      "sh",
      "-c",
      "echo $AWS_ACCESS_KEY_ID $AWS_REGION",
    ],
    shows: /^ASIA\w+ eu-west-1\n$/,
  },
  env: {
    args: (profile) => ["env", "--profile", profile, "--shell", "sh"],
    shows: /^export AWS_ACCESS_KEY_ID='?ASIA/m,
  },
  console: {
    args: (profile) => ["console", "--profile", profile, "--print"],
    shows: new RegExp(`^${START_URL}/#/console\\?account_id=123456789011&role_name=ReadOnly\\n$`),
  },
};

describe("a profile's name is enough for", () => {
  it.each(Object.entries(CASES))("%s", async (_, { args, isSignedOut, shows }) => {
    for (const profile of ["ours", "quoted", "keys"]) {
      const world = await binaryWorld({ config: CONFIG });
      if (!isSignedOut) await signedIn(world);
      await world.home.write(tokenPath("another"), "{}");
      const result = await world.run(args(profile));
      expect(result, profile).toMatchObject({ code: args("")[0] === "doctor" ? 8 : 0, stderr: "" });
      if (shows instanceof RegExp) expect(result.stdout, profile).toMatch(shows);
      else await shows(result, world);
    }
  });

  it("every command that has the flag", () => {
    const withFlag = COMMANDS.filter(({ flags }) => flags.some(({ name }) => name === "profile"));
    // `init` asks for the name of the profile to write.
    const names = withFlag.map(({ name }) => name).filter((name) => name !== "init");
    expect(Object.keys(CASES).sort()).toEqual(names.sort());
  });
});
