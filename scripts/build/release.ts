import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { root, type Target } from "../toolchain.mjs";
import { executableName } from "./executable.ts";

const run = promisify(execFile);

/** Packs each built executable with its licences, and leaves dist/SHA256SUMS over executables and archives. */
export async function makeRelease(targets: readonly Target[], say: (line: string) => void): Promise<void> {
  const files: string[] = [];
  for (const target of targets) {
    files.push(executableName(target));
    const archive = await makeArchive(target, say);
    if (archive !== undefined) files.push(archive);
  }
  const lines = await Promise.all(
    files.map(async (file) => `${await sha256(`${root}dist/${file}`)}  ${file}\n`),
  );
  await writeFile(`${root}dist/SHA256SUMS`, lines.join(""));
  say(`dist/SHA256SUMS names ${files.join(", ")}`);
}

/** A .zip for Windows, a .tar.gz for the rest; undefined where the tool is missing. */
async function makeArchive(target: Target, say: (line: string) => void): Promise<string | undefined> {
  const windows = target.startsWith("win-");
  const archive = `sso-cred-${target}${windows ? ".zip" : ".tar.gz"}`;
  const members = [windows ? "sso-cred.exe" : "sso-cred", "LICENSE", "THIRD_PARTY_LICENSES"];
  const folder = await mkdtemp(`${root}dist/new-`);
  try {
    await copyFile(`${root}dist/${executableName(target)}`, `${folder}/${members[0]}`);
    await copyFile(`${root}LICENSE`, `${folder}/LICENSE`);
    await copyFile(`${root}dist/THIRD_PARTY_LICENSES`, `${folder}/THIRD_PARTY_LICENSES`);
    if (windows) await run("zip", ["-q", "-9", archive, ...members], { cwd: folder });
    else await run("tar", ["-czf", archive, ...members], { cwd: folder });
    await rename(`${folder}/${archive}`, `${root}dist/${archive}`);
    return archive;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    say(`no ${archive}: ${(error as Error).message}`);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest("hex");
}
