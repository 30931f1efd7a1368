import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tokenKey } from "../../src/cache/stateFile.ts";
import { formatTimestamp } from "../../src/hit/expiry.ts";
import { startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import { pinnedNode, root } from "../toolchain.mjs";
import type { Bundles } from "./bundle.ts";
import { RUNTIME_FLAGS } from "./runtimeFlags.ts";

/**
 * Makes the V8 code cache of each chunk: chunk name → file. The cache must come from the same V8
 * with the same flags. It is made at the end of a real run, because it contains only functions that
 * have run.
 */
export async function makeCodeCaches({ entry, chunks }: Bundles): Promise<Record<string, string>> {
  const folder = dirname(entry);
  const { args, env, stop } = await prepareRehearsal(`${folder}/home`);
  try {
    const script = `${root}scripts/build/codeCacheRun.cjs`;
    const run = promisify(execFile);
    const { stdout } = await run(pinnedNode(), [...RUNTIME_FLAGS, script, folder, entry, ...args], { env });
    if (!stdout.startsWith('{"Version":1,')) throw new Error(`the run for the code cache printed ${stdout}`);
  } finally {
    await stop();
  }
  return Object.fromEntries(chunks.map(({ name }) => [name, `${folder}/${name}.cache`]));
}

/** A command line and the environment in which it misses the cache. */
interface Rehearsal {
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
