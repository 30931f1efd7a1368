import { describe, expect, it } from "vitest";
import { readOurCommand } from "../../../../src/config/ourCommand.ts";
import { SsoCredError } from "../../../../src/errors.ts";
import { unifiedDiff } from "../../../../src/init/plan/diff.ts";
import { type Plan, planConfig } from "../../../../src/init/plan/plan.ts";
import type { InitOptions } from "../../../../src/init/plan/planInput.ts";
import { summary } from "../../../../src/init/plan/report.ts";
import { ADMIN, DEV_ADMIN, files, options, ours, READ_ONLY, role, SESSION_KEYS } from "./initOptions.ts";

const none: ReadonlyMap<string, string> = new Map();

const SESSION =
  "[sso-session my-sso]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";

const only = ({ accountId, roleName }: typeof ADMIN) => ({ accountId, roleName });

const told = (plan: Plan) =>
  plan.edits.map(({ action, section, reason }) => `${action} ${section}: ${reason}`);

const plan = (text: string, some: Partial<InitOptions>, credentials = "") =>
  planConfig(files(text, credentials), options(some));

/** A plan that asks for nothing about the session. */
const edit = (text: string, some: Partial<InitOptions> = {}, credentials = "") =>
  plan(text, { ...some, sessionKeys: none }, credentials);

const failure = (work: () => unknown): SsoCredError => {
  try {
    work();
  } catch (error) {
    if (error instanceof SsoCredError) return error;
    throw error;
  }
  throw new Error("It should have failed.");
};

describe("planning", () => {
  it("adds profiles and the session to an empty file", () => {
    const made = plan("", { wanted: [ADMIN] });
    const role = ours("111111111111_Admin", "111111111111", ["region = eu-west-1", "output = json"]);
    expect(made.after).toBe(`${role}\n${SESSION}sso_registration_scopes = sso:account:access\n`);
    expect(summary(made)).toBe("1 to add, 0 to change, 0 to remove");
    expect(made.profiles).toEqual(["111111111111_Admin"]);
  });

  it("writes `default` as [default]", () => {
    expect(edit(SESSION, { wanted: [ADMIN], nameTemplate: "default" }).after).toContain(
      "\n[default]\ncredential_process = ",
    );
  });

  it("is fast for two thousand profiles: to add, change, remove, and show", () => {
    const wanted = Array.from({ length: 1000 }, (_, at) => String(100_000_000_000 + at)).flatMap((id) => [
      role(id, "Admin"),
      role(id, "ReadOnly"),
    ]);
    const added = plan("", { wanted });
    const changed = plan(added.after, { wanted, command: "/new/sso-cred" });
    const removed = plan(added.after, { keepOnly: [] });
    expect([summary(added), summary(changed), summary(removed)]).toEqual([
      "2000 to add, 0 to change, 0 to remove",
      "0 to add, 2000 to change, 0 to remove",
      "0 to add, 0 to change, 2000 to remove",
    ]);
    expect(unifiedDiff(changed.before, changed.after, "f").match(/^[-+]credential_process/gm)).toHaveLength(
      4000,
    );
  });

  it("changes nothing the second time", () => {
    const some = {
      wanted: [ADMIN, READ_ONLY, DEV_ADMIN],
      keepOnly: [ADMIN, READ_ONLY, DEV_ADMIN],
      adopt: "all" as const,
    };
    const first = plan("# mine\n", some);
    const second = plan(first.after, some);
    expect(second.edits).toEqual([]);
    expect(second.after).toBe(first.after);
  });

  it("leaves what a person added to one of ours", () => {
    const mine = ours("111111111111_Admin", "111111111111", [
      "region = us-east-2",
      "# note",
      "s3 =",
      "  x = 1",
    ]);
    expect(edit(mine + SESSION, { wanted: [ADMIN], region: "eu-west-1" }).edits).toEqual([]);
  });

  it("brings an old path up to date, keeps the rest of the line, and says so", () => {
    const old = ours("dev", "111111111111").replace("/opt/bin", "/old/v1");
    const made = edit(`${old}region = r\n${SESSION}`);
    expect(told(made)).toEqual(["change profile dev: the command was /old/v1/sso-cred"]);
    expect(made.after).toBe(`${ours("dev", "111111111111")}region = r\n${SESSION}`);
  });

  it.each([
    ["/old/sso-cred", "/my bin/sso-cred"],
    ["/my bin/sso-cred", "/new/sso-cred"],
    ["/my bin/sso-cred", "/other bin/v 2/sso-cred"],
  ])("brings %j up to date as %j, blanks or not, and keeps the rest of the line", (old, command) => {
    const before = edit(SESSION, { wanted: [ADMIN], command: old }).after;
    const rest = /my-sso --.*/.exec(before)?.[0] ?? "";
    const edited = before.replace(rest, `${rest} # mine`);
    const { after } = edit(edited, { wanted: [ADMIN], command });
    const line = /^credential_process = (.*)$/m.exec(after)?.[1] ?? "";
    expect(readOurCommand(line)).toEqual({ command, session: "my-sso", ...only(ADMIN) });
    expect(line.endsWith(` ${rest} # mine`)).toBe(true);
  });

  it.each(["\u2028", "\u2029", "\u0085", "\u0007"])(
    "brings a line up to date that holds %j, and leaves that out",
    (odd) => {
      const line = `credential_process = /old/sso-cred my-sso --account-id 111111111111 --role-name Admin # a${odd}b`;
      const { after } = edit(`[profile dev]\n${line}\n${SESSION}`, { wanted: [ADMIN] });
      expect(after).toContain(
        "credential_process = /opt/bin/sso-cred my-sso --account-id 111111111111 --role-name Admin\n",
      );
    },
  );

  it("keeps a bare name, and writes one only with --command", () => {
    const bare = ours("dev", "111111111111").replace("/opt/bin/", "");
    expect(edit(bare + SESSION).edits).toEqual([]);
    const paths = ours("dev", "111111111111") + SESSION;
    const made = edit(paths, { command: "sso-cred", isCommandGiven: true });
    expect(made.after).toBe(bare + SESSION);
  });

  it("gives a profile of ours another role if its name is given", () => {
    const made = edit(ours("dev", "111111111111") + SESSION, {
      wanted: [DEV_ADMIN],
      nameTemplate: "dev",
    });
    expect(told(made)).toEqual(["change profile dev: was Admin in 111111111111"]);
    expect(made.after).toBe(ours("dev", "222222222222") + SESSION);
  });

  it("keeps the name of a role's profile, unless names are given", () => {
    const text = ours("dev", "111111111111") + SESSION;
    expect(edit(text, { wanted: [ADMIN] }).profiles).toEqual(["dev"]);
    const named = edit(text, { wanted: [ADMIN], nameTemplate: "{account_name}-{role_name}" });
    expect(told(named)).toEqual(["add profile Prod-Admin: not in the file yet"]);
  });

  it("removes profiles of this session whose roles are gone, with their edits", () => {
    const gone = ours("gone", "333333333333", ["region = mine", "# note"]);
    const other = ours("other", "333333333333").replace("my-sso", "their-sso");
    const kept = ours("kept", "111111111111");
    const made = edit(`${kept}\n${gone}\n${other}${SESSION}`, { keepOnly: [ADMIN] });
    expect(told(made)).toEqual(["remove profile gone: Admin in 333333333333 is no longer assigned"]);
    expect(made.after).toBe(`${kept}\n${other}${SESSION}`);
    expect(made.edits[0]?.before).toContain("region = mine");
    expect(summary(made)).toBe("0 to add, 0 to change, 1 to remove");
  });

  it("adopts the AWS CLI's profiles of the session under their names", () => {
    const sso =
      "[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nregion = x\nsso_role_name = Admin\n";
    const made = edit(sso + SESSION, { adopt: "all" });
    expect(told(made)).toEqual(["change profile dev: adopted from its sso keys"]);
    expect(made.after).toBe(
      `[profile dev]\ncredential_process = /opt/bin/sso-cred my-sso --account-id 111111111111 --role-name Admin\n#sso-cred# sso_session = my-sso\n#sso-cred# sso_account_id = 111111111111\nregion = x\n#sso-cred# sso_role_name = Admin\n${SESSION}`,
    );
    expect(edit(made.after, { adopt: "all" }).edits).toEqual([]);
  });

  it("adopts neither other sessions' profiles nor those with another source of credentials", () => {
    const text = [
      "[profile a]\nsso_session = other\nsso_account_id = 111111111111\nsso_role_name = Admin\n",
      "[profile b]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\nrole_arn = x\n",
      "[profile c]\nsso_session = my-sso\n",
      SESSION,
    ].join("");
    expect(edit(text, { adopt: "all" }).edits).toEqual([]);
  });

  it("rejects an invalid account id when adopting: in the command line it would become shell text", () => {
    const sso = "[profile dev]\nsso_session = my-sso\nsso_account_id = 1; id\nsso_role_name = Admin\n";
    const error = failure(() => edit(sso + SESSION, { adopt: "all" }));
    expect([error.kind, error.message]).toEqual([
      "config",
      "~/.aws/config: [profile dev] has sso_account_id = 1; id, which is not 12 digits",
    ]);
  });

  it.each(["'1; id'", "\u001b"])("leaves a line of ours unchanged if its account is %j", (account) => {
    const line = `credential_process = "/old/sso-cred" my-sso --account-id ${account} --role-name Admin`;
    const text = `[profile dev]\n${line}\n${SESSION}`;
    expect(edit(text).after).toBe(text);
  });

  it("gives an adopted role no second profile", () => {
    const sso = "[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\n";
    const made = edit(sso + SESSION, { adopt: "all", wanted: [ADMIN, READ_ONLY] });
    expect(made.profiles).toEqual(["dev", "111111111111_ReadOnly"]);
    expect(summary(made)).toBe("1 to add, 1 to change, 0 to remove");
  });

  it("rejects names of profiles that are not ours, and lists all of them", () => {
    const text = `[profile 111111111111_Admin]\nregion = x\n[profile 111111111111_ReadOnly]\n${SESSION}`;
    const error = failure(() => edit(text, { wanted: [ADMIN, READ_ONLY] }));
    expect(error.kind).toBe("config");
    expect(error.message).toContain("[profile 111111111111_Admin], [profile 111111111111_ReadOnly]");
  });

  it("points to --adopt where the profile of that name is the AWS CLI's for this session", () => {
    const text = `[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\n${SESSION}`;
    const error = failure(() => edit(text, { wanted: [ADMIN], nameTemplate: "dev" }));
    expect(error.remedy).toEqual({ run: "sso-cred init my-sso --adopt" });
  });

  it("rejects a name that is our profile of another session", () => {
    const text = ours("dev", "111111111111").replace("my-sso", "their-sso") + SESSION;
    expect(failure(() => edit(text, { wanted: [ADMIN], nameTemplate: "dev" })).kind).toBe("config");
  });

  it("rejects names that have keys in the credentials file", () => {
    const credentials = "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = x\n";
    const error = failure(() => edit(SESSION, { wanted: [ADMIN], nameTemplate: "dev" }, credentials));
    expect(error.kind).toBe("config");
    expect(error.message).toMatch(/credentials has aws_access_key_id for \[dev\]/);
  });

  it("rejects session keys that contradict the file, and adds missing ones", () => {
    const other = new Map([["sso_region", "us-east-1"]]);
    expect(failure(() => plan(SESSION, { sessionKeys: other })).message).toMatch(
      /\[sso-session my-sso\].*sso_region = eu-west-1, not us-east-1/,
    );
    expect(plan(SESSION, { sessionKeys: SESSION_KEYS }).edits).toEqual([]);
    const half = "[sso-session my-sso]\nsso_start_url = https://d-1234567890.awsapps.com/start\n";
    expect(plan(half, { sessionKeys: SESSION_KEYS }).after).toBe(`${half}sso_region = eu-west-1\n`);
  });
});
