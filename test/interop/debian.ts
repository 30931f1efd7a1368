import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { FOLDER, reason, run } from "./installation.ts";

/** A package of Debian with all that it needs, unpacked without being installed. */
interface Tree {
  readonly folder: string;
  /** The words that run a program of the tree with the tree's own C library. */
  run(program: string): string[];
}

/** Unpacks a package of this machine's release; with a suite, of that one, C library included. */
export function unpackDebian(name: string, suite?: string): Tree | { missing: string } {
  const folder = `${FOLDER}/debian-${[name, ...(suite ? [suite] : [])].join("-")}`;
  const missing = existsSync(folder) ? undefined : fetch(folder, name, suite);
  if (missing) return { missing };
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const loader = [`${folder}/usr/lib64/ld-linux-x86-64.so.2`, `${folder}/usr/lib/ld-linux-aarch64.so.1`].find(
    (file) => existsSync(file),
  );
  const library = `${folder}/usr/lib/${machine}-linux-gnu`;
  const through = suite && loader ? [loader, "--library-path", library] : [];
  return { folder, run: (program) => [...through, `${folder}/${program}`] };
}

function fetch(folder: string, name: string, suite: string | undefined): string | undefined {
  const options = suite ? aptOfSuite(suite) : [];
  if (suite) {
    const updated = run("apt-get", [...options, "-q", "update"]);
    if (updated.status !== 0) return `apt-get reaches no Debian ${suite}: ${reason(updated)}`;
  }
  const plan = run("apt-get", [...options, "install", "-s", "--no-install-recommends", name]);
  const packages = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map(([, found]) => found as string);
  if (plan.status !== 0 || !packages.includes(name)) return `apt-get offers no ${name}: ${reason(plan)}`;
  const download = `${folder}.download`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  const script = `cd "$1" && shift && apt-get "$@" && for deb in *.deb; do dpkg-deb -x "$deb" . || exit 1; done && rm *.deb`;
  const words = ["-c", script, "sh", download, ...options, "-q", "download", ...packages];
  const fetched = run("sh", words);
  if (fetched.status !== 0) return `apt-get download failed: ${reason(fetched)}`;
  renameSync(download, folder);
  return undefined;
}

/** apt-get's options for another suite than the machine's, with nothing installed. */
function aptOfSuite(suite: string): string[] {
  const folder = `${FOLDER}/apt-${suite}`;
  mkdirSync(`${folder}/lists/partial`, { recursive: true });
  writeFileSync(`${folder}/status`, "");
  writeFileSync(`${folder}/sources.list`, `deb http://deb.debian.org/debian ${suite} main\n`);
  const settings = {
    "Dir::State": folder,
    "Dir::State::lists": `${folder}/lists`,
    "Dir::State::status": `${folder}/status`,
    "Dir::Cache": folder,
    "Dir::Etc::SourceList": `${folder}/sources.list`,
    "Dir::Etc::SourceParts": "/dev/null",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
