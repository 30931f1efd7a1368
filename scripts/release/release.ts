import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Metafile } from "esbuild";
import { CHUNKS } from "../build/chunks.ts";
import { root, TARGETS, type Target } from "../toolchain.mjs";
import { writeTarGz, writeZip } from "./archive.ts";
import { DEB_ARCHITECTURES, hasDpkgDeb, writeDeb } from "./deb.ts";
import { type Archive, manifests } from "./manifests.ts";
import { type Member, prefixMembers } from "./members.ts";
import { mainPackage, platformPackage, platformPackageName } from "./npmPackages.ts";
import { billOfMaterials } from "./sbom.ts";

export const RELEASE = `${root}dist/release/`;

/** Published beside the archives, so that one address serves `curl … | sh`. */
const INSTALLERS = { "install.sh": "install.sh", "install.ps1": "scripts/install.ps1" };

type Say = (line: string) => void;

const { version, description, license, homepage, repository } = JSON.parse(
  await readFile(`${root}package.json`, "utf8"),
);
const fields = { version, description, license, repository };

/** Archive, npm package and, for Linux, Debian package of a target. `time`: epoch seconds. */
export async function releaseTarget(target: Target, time: number, say: Say): Promise<void> {
  const members = await prefixMembers(target);
  const archive = archiveName(target);
  const folder = archive.replace(/\.tar\.gz$|\.zip$/, "");
  await write(archive, say, (file) =>
    target.startsWith("win-")
      ? writeZip(file, members, time)
      : writeTarGz(file, below(folder, members), time),
  );
  await write(npmName(platformPackageName(target)), say, (file) =>
    writeTarGz(file, platformPackage(target, fields, members), time),
  );
  const architecture = DEB_ARCHITECTURES[target];
  if (architecture === undefined) return;
  if (!(await hasDpkgDeb())) return say(`no .deb for ${architecture}: dpkg-deb is not installed`);
  const changelog = await readFile(`${root}CHANGELOG.md`, "utf8");
  const copyright = `${await readFile(`${root}LICENSE`, "utf8")}\n${await readFile(`${root}dist/THIRD_PARTY_LICENSES`, "utf8")}`;
  await write(`sso-cred_${version}_${architecture}.deb`, say, (file) =>
    writeDeb(file, { version, architecture, members, time, changelog, copyright }),
  );
}

/** The main npm package, bill of materials, manifests and sums, over the existing archives. */
export async function assembleRelease(time: number, say: Say): Promise<void> {
  for (const [name, source] of Object.entries(INSTALLERS))
    await write(name, say, (file) => copyFile(root + source, file));
  const targets = TARGETS.filter((target) => existsSync(`${RELEASE}${archiveName(target)}`));
  const documents = await documentMembers();
  await write(npmName("sso-cred"), say, (file) =>
    writeTarGz(file, mainPackage(targets, fields, documents), time),
  );
  await writeText(
    "sso-cred.cdx.json",
    say,
    billOfMaterials(await metafiles(), version, process.versions, time),
  );
  const archives: Archive[] = [];
  for (const target of targets) {
    const name = archiveName(target);
    archives.push({ target, name, sha256: await sha256(name) });
  }
  const texts = manifests({ version, description, homepage, archives });
  for (const [name, text] of Object.entries(texts)) await writeText(name, say, text);
  const summed = (await readdir(RELEASE, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map(({ name }) => name);
  const sums = await Promise.all(summed.sort().map(async (name) => `${await sha256(name)}  ${name}\n`));
  await writeText("SHA256SUMS", say, sums.join(""));
}

export function archiveName(target: string): string {
  return `sso-cred-${version}-${target}${target.startsWith("win-") ? ".zip" : ".tar.gz"}`;
}

function npmName(name: string): string {
  return `npm/${name}-${version}.tgz`;
}

async function documentMembers(): Promise<Member[]> {
  const names = ["README.md", "LICENSE", "CHANGELOG.md"];
  return await Promise.all(
    names.map(async (path) => ({ path, mode: 0o644 as const, content: await readFile(root + path) })),
  );
}

async function metafiles(): Promise<Metafile[]> {
  const names = ["main", ...Object.keys(CHUNKS)].map((name) => `${root}dist/meta/${name}.json`);
  return await Promise.all(names.map(async (name) => JSON.parse(await readFile(name, "utf8"))));
}

function below(folder: string, members: readonly Member[]): Member[] {
  return members.map((member) => ({ ...member, path: `${folder}/${member.path}` }));
}

/** Makes a file beside its place and renames it: an interrupted run leaves nothing half-made. */
async function write(name: string, say: Say, make: (file: string) => Promise<void>): Promise<void> {
  const file = RELEASE + name;
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  try {
    await make(temporary);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  say(name);
}

async function writeText(name: string, say: Say, text: string): Promise<void> {
  await write(name, say, (file) => writeFile(file, text));
}

async function sha256(name: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(RELEASE + name))
    .digest("hex");
}
