import { type SectionName, setAsideLines } from "../../config/edit.ts";
import { parseConfig } from "../../config/ini.ts";
import type { Role } from "../../model.ts";
import { type CurrentConfig, roleKey } from "./currentConfig.ts";
import type { Step } from "./planSteps.ts";

const KEYS = ["credential_process"];

/** Each profile of ours gets its original lines, or sso_* keys of the same session and role. */
export function revertSteps(current: CurrentConfig, text: string, session: string | undefined): Step[] {
  return [...current.ours].flatMap(([name, command]): Step[] => {
    if (session !== undefined && command.session !== session) return [];
    const section: SectionName = { kind: "profile", name };
    if (isSetAside(text, section, command)) {
      return [
        {
          action: "change",
          section,
          reason: "back to its own lines",
          edits: [{ restore: section, keys: KEYS }],
        },
      ];
    }
    const entries = [
      ["sso_session", command.session],
      ["sso_account_id", command.accountId],
      ["sso_role_name", command.roleName],
    ] as const;
    const edits = [{ restore: section, keys: [...KEYS, ...entries.map(([key]) => key)], entries }];
    return [{ action: "change", section, reason: "uses sso keys", edits }];
  });
}

/** True if the lines set aside in the profile name its current role. */
function isSetAside(text: string, section: SectionName, role: Role): boolean {
  const lines = setAsideLines(text, section);
  if (lines.length === 0) return false;
  const keys = parseConfig(["[profile x]", ...lines].join("\n"), "config")[0]?.keys;
  const before = { accountId: keys?.get("sso_account_id"), roleName: keys?.get("sso_role_name") };
  if (!before.accountId || !before.roleName) return true;
  return roleKey({ accountId: before.accountId, roleName: before.roleName }) === roleKey(role);
}
