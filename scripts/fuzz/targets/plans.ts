import { writeFileSync } from "node:fs";
import { isKind } from "../../../src/errors.ts";
import { canBeWritten } from "../../../src/init/plan/command.ts";
import { readConfigFiles } from "../../../src/init/plan/configFiles.ts";
import type { InitOptions } from "../../../src/init/plan/initOptions.ts";
import { makeHome } from "../../../test/support/home.ts";
import {
  keepsTheRest,
  planned,
  readsAsPlanned,
  secondPlanIsEmpty,
} from "../../../test/unit/fuzz/properties/plans.ts";
import { CLI_CONFIG, HAND_MADE_CONFIG } from "../seeds.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

const ADMIN = { accountId: "123456789011", accountName: "Prod", emailAddress: "p@x", roleName: "Admin" };
const READ_ONLY = { ...ADMIN, roleName: "ReadOnly" };
const WISHES = { wanted: [ADMIN, READ_ONLY], adopt: true, keepOnly: true, session: "corp" };

/** The editor of the config: what `init` would write. */
export const target: FuzzTarget = {
  parts: ["config", "options: JSON"],
  seeds: textInputs(
    [CLI_CONFIG, JSON.stringify(WISHES)],
    [CLI_CONFIG, JSON.stringify({ ...WISHES, adopt: false, template: "{account_name}-{role_name}" })],
    [
      HAND_MADE_CONFIG,
      JSON.stringify({ wanted: [READ_ONLY], session: "two words", command: "/opt/x y/sso-cred" }),
    ],
    ["[profile dev]\nk = 1\n  sso_session = corp\n  a:b\n", JSON.stringify(WISHES)],
  ),
  batch: 40,
  async open() {
    const home = await makeHome({ config: "" });
    return {
      run([config = Buffer.of(), text = Buffer.of()]) {
        const options = readWishes(text.toString());
        if (options === undefined) return;
        writeFileSync(home.configFile, config);
        try {
          const files = readConfigFiles({ env: home.env, platform: "linux" });
          const plan = planned(files, options);
          if (plan === undefined) return;
          secondPlanIsEmpty(plan, files, options);
          readsAsPlanned(plan, options);
          keepsTheRest(plan);
        } catch (error) {
          // A file that is left as it is.
          if (!isKind(error, "config")) throw error;
        }
      },
      close: () => home.remove(),
    };
  },
};

/** What flags, questions and the portal let through; undefined for what they do not. */
function readWishes(text: string): InitOptions | undefined {
  const given = parsed(text);
  if (given === undefined) return undefined;
  const list: unknown[] = Array.isArray(given.wanted) ? given.wanted : [];
  const texts = (value: unknown) => (typeof value === "string" ? value : "");
  const roles = list.map((each) => {
    const { accountId, accountName, emailAddress, roleName } = (each ?? {}) as Record<string, unknown>;
    return {
      accountId: texts(accountId),
      accountName: texts(accountName),
      emailAddress: texts(emailAddress),
      roleName: texts(roleName),
    };
  });
  const wanted = [
    ...new Map(
      roles
        .filter((role) => canBeWritten(role, "linux"))
        .map((role) => [`${role.accountId} ${role.roleName}`, role]),
    ).values(),
  ];
  const { template, command } = given;
  return {
    session: given.session === "two words" ? "two words" : "corp",
    sessionKeys: given.keys === true ? new Map([["sso_region", "eu-west-1"]]) : new Map(),
    wanted,
    nameTemplate: typeof template === "string" ? template : undefined,
    region: "eu-west-1",
    output: "json",
    command: typeof command === "string" && /^[\w/ .-]+$/.test(command) ? `${command}/sso-cred` : "sso-cred",
    isCommandGiven: typeof command === "string",
    platform: "linux",
    adopt: given.adopt === true ? "all" : [],
    keepOnly: given.keepOnly === true ? wanted : undefined,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
