import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { wrapWords } from "../../src/text/columns.ts";
import type { Member } from "./members.ts";

const run = promisify(execFile);

/** Build target → Debian architecture. */
export const DEB_ARCHITECTURES: Readonly<Record<string, string>> = {
  "linux-x64": "amd64",
  "linux-arm64": "arm64",
};

export interface DebInput {
  readonly version: string;
  readonly architecture: string;
  /** As under an installation prefix. */
  readonly members: readonly Member[];
  /** Epoch seconds of every file. */
  readonly time: number;
  readonly changelog: string;
  readonly copyright: string;
}

/** True where dpkg-deb can be run. */
export async function hasDpkgDeb(): Promise<boolean> {
  return await run("dpkg-deb", ["--version"]).then(
    () => true,
    () => false,
  );
}

/** Writes a Debian package with the members below /usr. */
export async function writeDeb(file: string, input: DebInput): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sso-cred-deb-"));
  try {
    for (const { path, mode, content } of debMembers(input)) {
      await mkdir(join(folder, dirname(path)), { recursive: true, mode: 0o755 });
      await writeFile(join(folder, path), content, { mode });
    }
    await run("chmod", ["-R", "u=rwX,go=rX", folder]);
    await run("dpkg-deb", ["--root-owner-group", "-Zxz", "--build", folder, file], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(input.time) },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function debMembers({ version, architecture, members, changelog, copyright, time }: DebInput): Member[] {
  const installed = members
    .filter(({ path }) => path.includes("/"))
    .map((member) =>
      member.path.startsWith("share/man/")
        ? { ...member, path: `usr/${member.path}.gz`, content: gzip(member.content) }
        : { ...member, path: usrPath(member.path) },
    );
  const kilobytes = Math.ceil(installed.reduce((sum, { content }) => sum + content.length, 0) / 1024);
  const text = (path: string, content: string | Buffer): Member => ({
    path,
    mode: 0o644,
    content: Buffer.from(content),
  });
  return [
    ...installed,
    text("usr/share/doc/sso-cred/copyright", copyright),
    text("usr/share/doc/sso-cred/changelog.gz", gzip(Buffer.from(debChangelog(version, changelog, time)))),
    text("usr/share/lintian/overrides/sso-cred", OVERRIDES),
    text("DEBIAN/control", control(version, architecture, kilobytes)),
  ];
}

/** Debian keeps zsh's functions for packages elsewhere than a prefix's own. */
function usrPath(path: string): string {
  return `usr/${path.replace("share/zsh/site-functions/", "share/zsh/vendor-completions/")}`;
}

function control(version: string, architecture: string, kilobytes: number): string {
  return `Package: sso-cred
Version: ${version}
Architecture: ${architecture}
Maintainer: The sso-cred authors <maintainers@sso-cred.invalid>
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.28), libstdc++6
Section: admin
Priority: optional
Description: credential_process helper for AWS IAM Identity Center
 Gives the AWS CLI, Terraform and every AWS SDK credentials from IAM Identity
 Center: from a cache, by a silent token refresh, or by opening the sign-in in
 the browser, once, for however many processes that ask.
`;
}

/**
 * The front is linked statically so that it starts fast. The program carries its script behind the
 * code of Node: stripping it would damage it, and Node brings its libraries along.
 */
const OVERRIDES = `sso-cred: statically-linked-binary [usr/bin/sso-cred]
sso-cred: unstripped-binary-or-object [usr/libexec/sso-cred/sso-cred]
sso-cred: embedded-library *
sso-cred: hardening-no-pie [usr/libexec/sso-cred/sso-cred]
# The licences of what Node and the bundles contain must travel with them, word for word.
sso-cred: copyright-file-contains-full-apache-2-license
sso-cred: copyright-not-using-common-license-for-gpl
sso-cred: old-fsf-address-in-copyright-file
`;

function debChangelog(version: string, changelog: string, time: number): string {
  const lines = changelog.split("\n").filter((line) => line.startsWith("- "));
  const date = new Date(time * 1000).toUTCString().replace("GMT", "+0000");
  const changes = lines.map((line) => wrapWords(line.slice(2), 80, "  * ", "    ")).join("\n");
  return `sso-cred (${version}) stable; urgency=low\n\n${changes}\n\n -- The sso-cred authors <maintainers@sso-cred.invalid>  ${date}\n`;
}

function gzip(content: Buffer): Buffer {
  return gzipSync(content, { level: 9 });
}
