import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Fetches `NAME@VERSION` from the npm registry and unpacks it as `folder`/package. Returns that
 * path. Throws if it does not match `integrity`.
 */
export async function fetchPackage(
  name: string,
  integrity: string,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  say(`fetching ${name}`);
  const npm = process.env.npm_execpath;
  const args = ["pack", name, "--silent", "--ignore-scripts", "--pack-destination", folder];
  const { stdout } = npm?.endsWith(".js")
    ? await run(process.execPath, [npm, ...args])
    : await run("npm", args, { shell: process.platform === "win32" });
  const archive = `${folder}/${stdout.trim()}`;
  const sum = createHash("sha512")
    .update(await readFile(archive))
    .digest("base64");
  if (`sha512-${sum}` !== integrity)
    throw new Error(`${name} from the registry is not the one that is pinned`);
  await run("tar", ["-xzf", archive, "-C", folder]);
  return `${folder}/package`;
}
