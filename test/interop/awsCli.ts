import { existsSync, readlinkSync } from "node:fs";
import { unpackDebian } from "./debian.ts";
import { type Found, run } from "./installation.ts";

/** The AWS CLI v2 of this machine, and the newest that can be had. */
export function awsV2(): readonly [Found, Found] {
  return [machinesAws(), newestAws()];
}

/** The installed one, else the package of this machine's Debian. */
function machinesAws(): Found {
  for (const aws of (process.env.PATH ?? "").split(":").map((folder) => `${folder}/aws`)) {
    if (existsSync(aws) && nameOfAws([aws]).startsWith("AWS CLI 2."))
      return { name: nameOfAws([aws]), command: [aws] };
  }
  const name = "AWS CLI v2";
  const tree = unpackDebian("awscli");
  if ("missing" in tree) return { name, missing: `no aws 2.x in PATH, PyPI has none, and ${tree.missing}` };
  const env = { PYTHONPATH: `${tree.folder}/usr/lib/python3/dist-packages` };
  return startable("Debian", ["/usr/bin/python3", ...tree.run("usr/bin/aws")], env);
}

/** Debian's unstable release has the one of a few weeks ago. */
function newestAws(): Found {
  const tree = unpackDebian("awscli", "sid");
  if ("missing" in tree) return { name: "newest AWS CLI v2", missing: tree.missing };
  const python = readlinkSync(`${tree.folder}/usr/bin/python3`);
  const env = {
    PYTHONHOME: `${tree.folder}/usr`,
    PYTHONPATH: `${tree.folder}/usr/lib/python3/dist-packages`,
  };
  return startable("Debian sid", [...tree.run(`usr/bin/${python}`), `${tree.folder}/usr/bin/aws`], env);
}

function startable(source: string, command: readonly string[], env: Readonly<Record<string, string>>): Found {
  const version = nameOfAws(command, env);
  return version.startsWith("AWS CLI 2.")
    ? { name: `${version} (${source})`, command, env }
    : { name: "AWS CLI v2", missing: `the awscli of ${source} does not start here: ${version}` };
}

export function nameOfAws(command: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { stdout, stderr } = run(command[0] ?? "", [...command.slice(1), "--version"], env);
  const [, version] = /^aws-cli\/(\S+)/.exec(stdout || stderr) ?? [];
  return version ? `AWS CLI ${version}` : (stdout || stderr).trim().slice(0, 120);
}

/** True if an AWS CLI is 2.`minor` or newer. */
export function isAtLeast(name: string, minor: number): boolean {
  return Number(/^AWS CLI 2\.(\d+)\./.exec(name)?.[1]) >= minor;
}
