import { readdir, readFile, writeFile } from "node:fs/promises";
import type { Metafile } from "esbuild";
import { hostTarget, NODE_PACKAGES, root } from "../toolchain.mjs";

/** Licences that allow distribution in binary form in exchange for attribution. */
const PERMISSIVE = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "0BSD"]);

/** The texts to ship with the executable. Throws if a package is not permissively licensed. */
export async function thirdPartyLicenses(metafiles: readonly Metafile[]): Promise<string> {
  const folders = [...bundledFolders(metafiles), `node_modules/${NODE_PACKAGES[hostTarget()]}`];
  const titlesByText = new Map<string, string[]>();
  for (const folder of folders.sort()) {
    const { title, text } = await packageLicense(folder);
    titlesByText.set(text, [...(titlesByText.get(text) ?? []), title]);
  }
  const sections = [...titlesByText].map(([text, titles]) => section(titles, text));
  return `sso-cred contains the following software.\n\n${sections.join("\n")}`;
}

/** The folders of the npm packages of which something is left in the bundles after tree shaking. */
export function bundledFolders(metafiles: readonly Metafile[]): Set<string> {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(inputs.flatMap(([file]) => packageFolder(file) ?? []));
}

/** Adds the licence text of something that is no npm package. An existing text is left alone. */
export async function addLicense(file: string, title: string, text: string): Promise<void> {
  const present = await readFile(file, "utf8");
  if (!present.includes(`\n${title}\n`))
    await writeFile(file, `${present}\n${section([title], text.trim())}`);
}

function section(titles: readonly string[], text: string): string {
  const rule = "=".repeat(80);
  return `${rule}\n${titles.join("\n")}\n${rule}\n\n${text}\n`;
}

/** `node_modules/a/node_modules/@b/c` for a file in that package; undefined for our own files. */
export function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

async function packageLicense(folder: string): Promise<{ title: string; text: string }> {
  const { name, version, license } = JSON.parse(await readFile(`${root}${folder}/package.json`, "utf8"));
  if (!isPermissive(license))
    throw new Error(`${name} is under ${license}, not a licence known as permissive`);
  const files = (await readdir(`${root}${folder}`))
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(`${root}${folder}/${file}`, "utf8")));
  // The Apache licence names no holder, so one copy serves all packages that come without it.
  if (texts.length === 0 && license !== "Apache-2.0") throw new Error(`${name} comes without a licence text`);
  const text =
    texts.join("\n").trim() || "The Apache License, Version 2.0: its text stands under other titles here.";
  return { title: `${name} ${version} (${license})`, text };
}

/** True if `license` of a package.json is a known name, or a choice that includes one. */
export function isPermissive(license: unknown): boolean {
  return (
    typeof license === "string" &&
    license
      .replace(/[()]/g, "")
      .split(" OR ")
      .some((name) => PERMISSIVE.has(name))
  );
}
