import { generateAccounts } from "../../test/identityCenter/accounts.ts";
import { startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import { makeHome, START_URL, sessionSection, tokenFile, tokenPath } from "../../test/support/home.ts";
import { start } from "../../test/support/run.ts";

const ACCOUNTS = 500;
const ROLES_EACH = 2;
const PER_SECOND = 20;
const PAGE = 100;
/** How much longer a listing may take than the portal's rate allows. */
const MARGIN = 1.15;

export interface ListBench {
  readonly requests: number;
  /** The number of responses that were not 200. */
  readonly failures: number;
  readonly seconds: number;
  /** The time that the requests take at the portal's rate. */
  readonly floorSeconds: number;
  readonly ratio: number;
  readonly isWithinMargin: boolean;
}

/**
 * Measures `sso-cred list --json` with 500 accounts of two roles each, at a portal that allows 20
 * requests a second.
 */
export async function benchList(executable: string): Promise<ListBench> {
  const home = await makeHome({ name: "sso-cred-bench-", config: sessionSection("corp") });
  const center = await startIdentityCenter({ accounts: generateAccounts(ACCOUNTS, ROLES_EACH) });
  try {
    const token = { startUrl: START_URL, region: "eu-west-1", ...center.signIn() };
    await home.write(tokenPath("corp"), tokenFile(token));
    center.settings.portalRequestsPerSecond = PER_SECOND;
    const listing = start(executable, ["list", "--json"], { home, env: center.env });
    const { stdout, stderr, ms } = await listing.done;
    const rows: unknown[] = JSON.parse(stdout || "[]");
    if (rows.length !== ACCOUNTS * ROLES_EACH) throw new Error(`${rows.length} roles were listed: ${stderr}`);
    const seconds = ms / 1000;
    const floorSeconds = (ACCOUNTS + ACCOUNTS / PAGE) / PER_SECOND;
    return {
      requests: center.requests.length,
      failures: center.requests.filter(({ status }) => status !== 200).length,
      seconds,
      floorSeconds,
      ratio: seconds / floorSeconds,
      isWithinMargin: seconds <= floorSeconds * MARGIN,
    };
  } finally {
    await center.stop();
    await home.remove();
  }
}
