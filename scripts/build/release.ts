import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { root, type Target } from "../toolchain.mjs";
import { frontName, programName } from "./executable.ts";
import { hasFront } from "./front.ts";

const run = promisify(execFile);

/** Packs each built program with its front and licences, and leaves dist/SHA256SUMS over programs and archives. */
export async function makeRelease(targets: readonly Target[], say: (line: string) => void): Promise<void> {
  const files: string[] = [];
  for (const target of targets) {
    files.push(programName(target));
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
  const sources: Record<string, string> = {
    ...(hasFront(target)
      ? { "sso-cred": `dist/${frontName(target)}`, "sso-cred-core": `dist/${programName(target)}` }
      : { "sso-cred.exe": `dist/${programName(target)}` }),
    LICENSE: "LICENSE",
    THIRD_PARTY_LICENSES: "dist/THIRD_PARTY_LICENSES",
  };
  const members = Object.keys(sources);
  const folder = await mkdtemp(`${root}dist/new-`);
  try {
    for (const member of members) await copyFile(`${root}${sources[member]}`, `${folder}/${member}`);
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
