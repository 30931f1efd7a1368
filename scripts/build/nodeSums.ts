import { createHash } from "node:crypto";
import type { Target } from "../toolchain.mjs";

/**
 * The SHA-256 of `bin/node` (`node.exe`) in the archives of nodejs.org, per version. The npm
 * packages are a third party's. The sums are those that public repositories pin for the contents of
 * archives that match https://nodejs.org/dist/v22.23.2/SHASUMS256.txt; for Windows, that list
 * itself has the sum (`win-x64/node.exe`).
 */
export const NODE_SUMS: Readonly<Record<string, Readonly<Record<Target, string>>>> = {
  "22.23.2": {
    "linux-x64": "3517c2df0b2f8cd7f422b4b8450ef81c6889f08eb03e281d6de9079b15e6a327",
    "linux-arm64": "1a638b0fe2b68da0489276aca95526c5122fc61ba54d6a2d0d00c1c92ab7b876",
    "darwin-x64": "0b4f059915f3bf3c6cbb02422f4a529bfb21cbbec2d29851c9a5d833f78a04f6",
    "darwin-arm64": "18e387c90ab8a8400183e8bdd396376e1e875b91b4c874b894dcade7b35bf572",
    "win-x64": "0d0f5e39f9f3d9587bc19f73eab3c2c9c4903fd02d6dbf9c853dd81b3d95fad4",
  },
};

/** Throws if the binary is not Node's own. Only says so if the version's sums are unknown. */
export function assertNodesOwn(
  binary: Buffer,
  { version, target }: { version: string; target: Target },
  say: (line: string) => void,
): void {
  const published = NODE_SUMS[version]?.[target];
  if (published === undefined) {
    say(`Node ${version} is not compared with nodejs.org's: its sums are not in nodeSums.ts`);
    return;
  }
  const sum = createHash("sha256").update(binary).digest("hex");
  if (sum !== published)
    throw new Error(`the Node ${version} for ${target} is not the one of nodejs.org: ${sum}`);
}
