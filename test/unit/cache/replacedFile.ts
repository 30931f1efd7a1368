import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach } from "vitest";
import { temporaryFolder } from "../../support/temporary.ts";

/** A new folder for each test, and the path of a file in it. */
export let folder: string;
export let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "file.json");
});

export const MODULE = new URL("../../../src/cache/replaceFile.ts", import.meta.url);
export const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
export const text = (file: string) => readFileSync(file, "utf8");

/** Code for `runInChild`. */
export const replacing = (...args: unknown[]) =>
  `m.replaceFile(${args.map((arg) => JSON.stringify(arg)).join()});`;

/** The same, which prints the code of its error. */
export const failing = (code: string) => `try { ${code} } catch (error) { process.stdout.write(error.code) }`;
