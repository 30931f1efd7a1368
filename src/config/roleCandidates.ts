import type { Role } from "../model.ts";
import { readValue } from "./option.ts";
import { readOurCommand } from "./ourCommand.ts";

/** Headers, and the keys and values from which a profile's role can be read. */
const LINES =
  /^[ \t]*(?:\[|(credential_process|sso_session|sso_account_id|sso_role_name)[ \t]*[=:][ \t]*(.*))/gm;

/**
 * The accounts and roles that profiles name, for completion: those of the session and account, if
 * given. Searches for single lines, because parsing 1,000 profiles takes longer than a completion
 * may.
 */
export function roleCandidates(text: string, session?: string, account?: string): Role[] {
  const found: Role[] = [];
  let keys: Record<string, string> = {};
  const add = (ofSession?: string, accountId?: string, roleName?: string) => {
    if (!ofSession || !accountId || !roleName) return;
    if (ofSession !== (session ?? ofSession) || accountId !== (account ?? accountId)) return;
    found.push({ accountId, roleName });
  };
  const endSection = () => {
    add(keys.sso_session, keys.sso_account_id, keys.sso_role_name);
    keys = {};
  };
  for (const [, key, value = ""] of text.matchAll(LINES)) {
    if (key === undefined) {
      endSection();
    } else if (key !== "credential_process") {
      keys[key] = readValue(value, key);
    } else if (value.includes(session ?? "") && value.includes(account ?? "")) {
      const ours = readOurCommand(value);
      add(ours?.session, ours?.accountId, ours?.roleName);
    }
  }
  endSection();
  return found;
}
