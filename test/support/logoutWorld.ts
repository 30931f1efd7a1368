import { roleFile, rolePath } from "./home.ts";
import type { SignInWorld } from "./signInWorld.ts";

export const TOLD = "Signed out of 'corp'.\n";

export const NOT_TOLD =
  "Signed out of 'corp'; the portal could not be told, so the token itself lives until it expires.\n";

export const PAIRS = `[profile dev]
credential_process = "/opt/my tools/sso-cred" corp --account-id 123456789011 --role-name FromCommand
[profile cli]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = FromSession
`;

/** Caches role credentials of a session, or of a legacy profile's start URL. */
export const putRoleOf = (
  { home, clock }: SignInWorld,
  owner: Parameters<typeof rolePath>[0],
  role: string,
) => home.write(rolePath(owner, "123456789011", role), roleFile(clock.now() + 3600_000, "123456789011"));
