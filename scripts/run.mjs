// `node scripts/run.mjs NAME [ARGS]`: installs the dependencies where they are missing or outdated,
// then runs scripts/NAME.ts on the pinned Node (which strips the types).
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter } from "node:path";
import { isInstalled, pinnedNode, root } from "./toolchain.mjs";

const [name = "", ...args] = process.argv.slice(2);
process.exitCode = main();

function main() {
  const script = `${root}scripts/${name}.ts`;
  if (!existsSync(script)) return complain(`there is no scripts/${name}.ts`);
  if (Number.parseInt(process.versions.node, 10) < 20)
    return complain(`Node 20 or newer is needed, this is ${process.version}`);
  if (!isInstalled() && !install()) return 1;
  const bin = `${root}node_modules/.bin`;
  const path = [bin, process.env.PATH].join(delimiter);
  const { status, signal, error } = spawnSync(
    pinnedNode(),
    ["--disable-warning=ExperimentalWarning", script, ...args],
    {
      stdio: "inherit",
      env: { ...process.env, PATH: path },
    },
  );
  if (error) return complain(`the pinned Node does not start: ${error.message}`);
  return status ?? 128 + (signal ? constants.signals[signal] : 0);
}

function install() {
  console.error("Installing the dependencies (npm ci) …");
  const npm = process.env.npm_execpath;
  const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error, stdout, stderr } = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...options], { cwd: root, encoding: "utf8" })
    : spawnSync("npm", options, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  if (status === 0 && isInstalled()) return true;
  complain(`npm ci failed${error ? `: ${error.message}` : ""}`);
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  if (status === 0) complain("npm ci left something out; remove node_modules and try again");
  return false;
}

/** @param {string} message */
function complain(message) {
  console.error(`${name || "run"}: ${message}`);
  return 1;
}
