import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { root } from "../../scripts/toolchain.mjs";

/** The folder for downloaded clients. It may be removed at any time. */
export const FOLDER = `${root}.cache/clients`;
export const PROBES = `${root}test/interop`;
const INSTALL_MS = 300_000;

/** The first words of a command line, and its additional environment. */
export interface Program {
  name: string;
  command: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** An available program, or the reason why it is missing. */
export type Found = Program | { name: string; missing: string };

export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = root,
  timeout = INSTALL_MS,
) {
  const result = spawnSync(file, args, { cwd, encoding: "utf8", timeout, env: { ...process.env, ...env } });
  return { ...result, stdout: result.stdout ?? "", stderr: result.stderr ?? "" };
}

/** The first line that a failed installation wrote. */
export function reason({ error, stdout, stderr }: ReturnType<typeof run>): string {
  const line = `${stderr}\n${stdout}`.split("\n").find((text) => /\S/.test(text)) ?? "";
  return error ? error.message : line.trim().slice(0, 160);
}

/** Installs a package into a folder of its own, once. Returns why it cannot. */
export function installFromNpm(folder: string, npmPackage: string): string | undefined {
  if (existsSync(`${folder}/node_modules`)) return undefined;
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", `--prefix=${folder}`];
  const installed = run("npm", ["install", ...options, npmPackage]);
  if (installed.status === 0) return undefined;
  rmSync(folder, { recursive: true, force: true });
  return `npm install failed: ${reason(installed)}`;
}
