import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type IdentityCenter, startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import {
  isoSeconds,
  roleFile,
  rolePath,
  START_URL,
  sessionSection,
  tokenFile,
  tokenPath,
} from "../../test/support/home.ts";
import { CA_FILE, SERVER_TLS } from "../../test/support/testCertificates.ts";
import { root } from "../toolchain.mjs";
import type { Command } from "./stopwatch.ts";

export const SESSION = "my-sso";
export const ACCOUNT = "123456789011";
const DAY_MS = 24 * 3_600_000;

/** The command line that `init` writes. */
export function line(role: string): string[] {
  return [SESSION, "--account-id", ACCOUNT, "--role-name", role];
}

/** A temporary home with a token, and with cached credentials for `Hit` but not for `ReadOnly`. */
export interface Home {
  path: string;
  env: Record<string, string>;
  /** The cache file of `ReadOnly`, which does not exist yet. */
  missing: string;
  /** The cache file of `Hit`. */
  cached: string;
  token: string;
  /** A copy of the token with an old date, for a refresh. */
  expiredToken: string;
}

/** Everything that the runs need: copies of the programs, homes, local Identity Centers. */
export interface Stage {
  /** The command that is installed as `sso-cred`. */
  executable: string;
  /** The program that the native front hands on to. */
  program: string;
  /** The Node of the executable, without our script. */
  node: string;
  /** The two C programs. */
  c: { readAndPrint: string; peak: string };
  center: IdentityCenter;
  secureCenter: IdentityCenter;
  makeHome(lines: number, center?: IdentityCenter): Home;
  close(): Promise<void>;
}

export async function makeStage(executable: string, node: string): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-bench-"));
  const settings = { accessTokenSeconds: 7 * 24 * 3600, refreshTokenGraceSeconds: 7 * 24 * 3600 };
  const center = await startIdentityCenter(settings);
  const secureCenter = await startIdentityCenter({ ...settings, tls: SERVER_TLS });
  let homes = 0;
  return {
    executable: fresh(executable, join(folder, "sso-cred")),
    program: fresh(`${executable}-core`, join(folder, "sso-cred-core")),
    node: fresh(node, join(folder, "node")),
    c: { readAndPrint: compiled("readAndPrint", folder), peak: compiled("peak", folder) },
    center,
    secureCenter,
    makeHome: (lines, of = center) => makeHome(join(folder, `home${homes++}`), lines, of),
    close: async () => {
      await Promise.all([center.stop(), secureCenter.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Copies a file in one write, like its neighbour. The layout of a file in the page cache (large
 * pieces after a write, small ones after a slow read) changes a program's start by a tenth and its
 * counted memory by a third.
 */
function fresh(from: string, to: string): string {
  writeFileSync(to, readFileSync(from));
  chmodSync(to, 0o755);
  return to;
}

function compiled(name: string, folder: string): string {
  const program = join(folder, name);
  try {
    execFileSync("cc", ["-O2", "-o", program, `${root}scripts/bench/${name}.c`]);
  } catch (error) {
    throw new Error(`the bench needs cc: ${(error as Error).message}`);
  }
  return program;
}

/** The peak memory of a command in bytes, measured by a small parent process. */
export function peakBytes(peak: string, { argv, env }: Command): number {
  return Number(spawnSync(peak, argv, { env, encoding: "utf8" }).stderr);
}

function makeHome(path: string, lines: number, center: IdentityCenter): Home {
  const write = (file: string, content: string | object) => {
    const target = join(path, file);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
    return target;
  };
  write(".aws/config", configText(lines));
  const signedIn = { startUrl: START_URL, region: "eu-west-1", ...tokenFile({ ...center.signIn() }) };
  return {
    path,
    env: {
      HOME: path,
      PATH: "/usr/bin:/bin",
      // Added to Node's own roots, all of which a real connection loads.
      ...(center.url.startsWith("https:") && { NODE_EXTRA_CA_CERTS: CA_FILE }),
      ...center.env,
    },
    missing: join(path, rolePath(SESSION, ACCOUNT, "ReadOnly")),
    cached: write(rolePath(SESSION, ACCOUNT, "Hit"), roleFile(Date.now() + DAY_MS, ACCOUNT)),
    token: write(tokenPath(SESSION), signedIn),
    expiredToken: write("expired", { ...signedIn, expiresAt: isoSeconds(Date.now() - DAY_MS) }),
  };
}

/** A config of about so many lines: the session, and the profile `wanted` among others. */
function configText(lines: number): string {
  const wanted = [
    "[profile wanted]",
    `sso_session = ${SESSION}`,
    `sso_account_id = ${ACCOUNT}`,
    "sso_role_name = Hit",
  ];
  const others: string[] = [];
  for (let number = 0; (others.length + 1) * 5 + 8 <= lines; number++) {
    const args = `${SESSION} --account-id ${100_000_000_000 + number} --role-name ReadOnly`;
    const command = `credential_process = /usr/local/bin/sso-cred ${args}`;
    others.push(`[profile other-${number}]\n${command}\nregion = eu-west-1\noutput = json\n`);
  }
  const half = others.length >> 1;
  const parts = [sessionSection(SESSION), ...others.slice(0, half), `${wanted.join("\n")}\n`];
  return [...parts, ...others.slice(half)].join("\n");
}
