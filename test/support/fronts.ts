import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCompiler, SOURCE } from "../../scripts/build/front.ts";
import { hostTarget, root } from "../../scripts/toolchain.mjs";
import { EXECUTABLE } from "./builtExecutable.ts";

export interface LoneFront {
  readonly folder: string;
  readonly file: string;
  remove(): void;
}

/** A front without a program beside it: it answers a call itself or ends with exit 3. */
export function loneFront(): LoneFront {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-front-"));
  const file = join(folder, "sso-cred");
  copyFileSync(EXECUTABLE, file);
  return { folder, file, remove: () => rmSync(folder, { recursive: true }) };
}

/** The front under AddressSanitizer and UBSan, or the reason why it cannot be built here. */
export async function sanitizedFront(): Promise<LoneFront | string> {
  const compiler = await findCompiler(hostTarget(), { zig: false, say() {} });
  if (compiler === undefined) return "there is no C compiler";
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-sanitized-"));
  const [cc, ...words] = compiler;
  const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  const file = join(folder, "sso-cred");
  const { status, stderr } = spawnSync(
    cc,
    [...words, "-std=c11", "-O1", "-g", '-DVERSION="0"', ...sanitizers, "-o", file, SOURCE],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const remove = () => rmSync(folder, { recursive: true });
  if (status === 0 && spawnSync(file).status === 3) return { folder, file, remove };
  remove();
  return `${cc} has no sanitizers: ${stderr.split("\n")[0]}`;
}

/** Runs an executable like an SDK, with exactly this environment. */
export function call(
  file: string,
  args: readonly string[],
  { env, cwd }: { env: Record<string, string>; cwd: string },
): SpawnSyncReturns<string> {
  return spawnSync(file, args, {
    env,
    cwd,
    encoding: "latin1",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "pipe"],
  });
}
