import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tokenKey } from "../../src/cache/statePaths.ts";
import { formatTimestamp } from "../../src/hit/expiry.ts";
import { startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";

/** A command line and the environment in which it misses the cache. */
export interface Rehearsal {
  args: string[];
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Sets the commonest miss up in `home`, with the local Identity Center: nothing is cached for the
 * role, and the token has expired but can be refreshed. It uses both SDK clients.
 */
export async function prepareRehearsal(home: string): Promise<Rehearsal> {
  const center = await startIdentityCenter();
  const session = {
    name: "rehearsal",
    startUrl: "https://d-0000000000.awsapps.com/start",
    region: "us-east-1",
  };
  const { registrationExpiresAt = 0, ...token } = center.signIn();
  const [account] = center.accounts;
  const cache = join(home, ".aws/sso/cache");
  await mkdir(cache, { recursive: true });
  // A folder where the session's lock would be: without the lock, the refresh is not handed to
  // another process, so its code runs here and gets into the code cache.
  await mkdir(join(home, ".aws/sso-cred/locks", `token-${tokenKey(session)}`), { recursive: true });
  await writeFile(
    join(home, ".aws/config"),
    `[sso-session ${session.name}]\nsso_start_url = ${session.startUrl}\nsso_region = ${session.region}\nsso_registration_scopes = sso:account:access\n`,
  );
  await writeFile(
    join(cache, `${tokenKey(session)}.json`),
    JSON.stringify({
      ...token,
      startUrl: session.startUrl,
      region: session.region,
      expiresAt: formatTimestamp(Date.now() - 60_000),
      registrationExpiresAt: formatTimestamp(registrationExpiresAt),
    }),
  );
  return {
    args: [session.name, "--account-id", account?.accountId ?? "", "--role-name", account?.roles[0] ?? ""],
    env: { ...center.env, HOME: home, USERPROFILE: home },
    stop: center.stop,
  };
}
