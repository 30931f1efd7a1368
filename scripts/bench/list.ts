import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateAccounts } from "../../test/identityCenter/accounts.ts";
import { startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import { START_URL, sessionSection, tokenFile, tokenPath } from "../../test/support/home.ts";

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
export async function benchList(
  executable = fileURLToPath(new URL("../../dist/sso-cred", import.meta.url)),
): Promise<ListBench> {
  const home = mkdtempSync(join(tmpdir(), "sso-cred-bench-"));
  const center = await startIdentityCenter({ accounts: generateAccounts(ACCOUNTS, ROLES_EACH) });
  try {
    write(join(home, ".aws/config"), sessionSection("corp"));
    const token = tokenFile({ startUrl: START_URL, region: "eu-west-1", ...center.signIn() });
    write(join(home, tokenPath("corp")), JSON.stringify(token));
    center.settings.portalRequestsPerSecond = PER_SECOND;
    const startedAt = performance.now();
    const rows = JSON.parse(await run(executable, { HOME: home, PATH: "/usr/bin:/bin", ...center.env }));
    const seconds = (performance.now() - startedAt) / 1000;
    if (rows.length !== ACCOUNTS * ROLES_EACH) throw new Error(`${rows.length} roles were listed`);
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
    rmSync(home, { recursive: true, force: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/** Asynchronous, because the emulator runs in this process. */
function run(executable: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, ["list", "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(stdout) : reject(new Error(`exit code ${code}`))));
  });
}
