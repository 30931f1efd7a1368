import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach } from "vitest";
import type { Home } from "./home.ts";
import { BARE_PATH, type RunOptions, start } from "./run.ts";
import { listen, temporaryHome } from "./temporary.ts";

export const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));

/** A new home for each test. */
export let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

export const SAYS_VERSION = (version: string) => `#!/bin/sh\necho 'sso-cred ${version}'\n`;

export const install = (args: readonly string[], options: RunOptions = {}) =>
  start("/bin/sh", [SCRIPT, ...args], { home, ...options }).done;

/** Puts an archive and its checksum file into a folder of the home. */
export async function release(
  content: string | Buffer,
  name = "sso-cred-test",
  folder = "release",
): Promise<string> {
  const file = join(home.path, folder, name);
  await mkdir(join(home.path, folder), { recursive: true });
  await writeFile(file, content);
  const sum = createHash("sha256").update(content).digest("hex");
  await home.write(`${folder}/SHA256SUMS`, `${"0".repeat(64)}  other\n${sum}  ${name}\n`);
  return file;
}

export const installed = () => join(home.path, ".local/bin/sso-cred");

/** Stands in for the native front: runs the program of an installation, else the one beside it. */
export const FRONT = (version: string) => `#!/bin/sh
# front ${version}
for program in "\${0%/*}/../libexec/sso-cred/sso-cred" "\${0%/*}/sso-cred-core"; do
  [ ! -x "$program" ] || exec "$program" "$@"
done
exit 3
`;

/** An archive with a front and a program of that version. */
export async function pair(version: string): Promise<string> {
  await home.write("pair/sso-cred", FRONT(version), 0o755);
  await home.write("pair/sso-cred-core", SAYS_VERSION(version), 0o755);
  const archive = `sso-cred-${version}.tar.gz`;
  await start("tar", ["-czf", archive, "-C", "pair", "sso-cred", "sso-cred-core"], { home }).done;
  return release(await readFile(join(home.path, archive)), archive);
}

export const program = () => join(home.path, ".local/libexec/sso-cred/sso-cred");

/** Serves the folder of releases. */
export const releases: RequestListener = (request, response) => {
  readFile(join(home.path, "release", request.url?.slice(1) ?? "")).then(
    (content) => response.end(content),
    () => response.writeHead(404).end(),
  );
};
export const serveReleases = async () => `http://127.0.0.1:${await listen(createServer(releases))}`;

/** A PATH with a curl that records its arguments in the file `asked`, and fails. */
export async function pathWithoutNet(): Promise<string> {
  await home.write("tools/curl", `#!/bin/sh\necho "$@" >> '${home.path}/asked'\nexit 22\n`, 0o755);
  return `${join(home.path, "tools")}:${BARE_PATH}`;
}
