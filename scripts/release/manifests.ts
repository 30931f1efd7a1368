/** A released archive: its file name and the hex SHA-256 of its bytes. */
export interface Archive {
  readonly target: string;
  readonly name: string;
  readonly sha256: string;
}

export interface ManifestInput {
  readonly version: string;
  readonly description: string;
  readonly homepage: string;
  readonly archives: readonly Archive[];
}

/** Package managers' files with the archives' names and sums: path in the release → text. */
export function manifests(input: ManifestInput): Record<string, string> {
  const windows = input.archives.find(({ target }) => target === "win-x64");
  const unix = input.archives.filter(({ target }) => target !== "win-x64");
  return {
    ...(unix.length > 0 && { "homebrew/sso-cred.rb": formula(input, unix) }),
    ...(windows !== undefined && {
      "scoop/sso-cred.json": scoop(input, windows),
      ...winget(input, windows),
    }),
  };
}

function address({ homepage, version }: ManifestInput, { name }: Archive): string {
  return `${homepage}/releases/download/v${version}/${name}`;
}

function formula(input: ManifestInput, archives: readonly Archive[]): string {
  const choice = (system: string, prefix: string) => {
    const found = archives.filter(({ target }) => target.startsWith(prefix));
    const blocks = found.map(
      (archive) => `    on_${archive.target.endsWith("arm64") ? "arm" : "intel"} do
      url "${address(input, archive)}"
      sha256 "${archive.sha256}"
    end`,
    );
    return blocks.length === 0 ? "" : `\n  on_${system} do\n${blocks.sort().join("\n")}\n  end\n`;
  };
  return `class SsoCred < Formula
  desc "AWS credential_process helper for IAM Identity Center"
  homepage "${input.homepage}"
  version "${input.version}"
  license "MIT"
${choice("linux", "linux-")}${choice("macos", "darwin-")}
  def install
    bin.install "bin/sso-cred"
    (libexec/"sso-cred").install "libexec/sso-cred/sso-cred"
    man1.install "share/man/man1/sso-cred.1"
    bash_completion.install "share/bash-completion/completions/sso-cred"
    zsh_completion.install "share/zsh/site-functions/_sso-cred"
    fish_completion.install "share/fish/vendor_completions.d/sso-cred.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/sso-cred --version")
  end
end
`;
}

function scoop(input: ManifestInput, archive: Archive): string {
  const manifest = {
    version: input.version,
    description: input.description,
    homepage: input.homepage,
    license: "MIT",
    architecture: { "64bit": { url: address(input, archive), hash: archive.sha256 } },
    bin: "sso-cred.exe",
    checkver: "github",
    autoupdate: {
      architecture: {
        "64bit": { url: address(input, archive).replaceAll(input.version, "$version") },
      },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, undefined, 4)}\n`;
}

const WINGET_ID = "SsoCred.SsoCred";

function winget(input: ManifestInput, archive: Archive): Record<string, string> {
  const file = (kind: string, schema: string, lines: string) =>
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${schema}.1.6.0.schema.json

PackageIdentifier: ${WINGET_ID}
PackageVersion: ${input.version}
${lines}ManifestType: ${kind}
ManifestVersion: 1.6.0
`;
  return {
    [`winget/${WINGET_ID}.yaml`]: file("version", "version", "DefaultLocale: en-US\n"),
    [`winget/${WINGET_ID}.installer.yaml`]: file(
      "installer",
      "installer",
      `InstallerType: zip
NestedInstallerType: portable
NestedInstallerFiles:
- RelativeFilePath: sso-cred.exe
  PortableCommandAlias: sso-cred
Installers:
- Architecture: x64
  InstallerUrl: ${address(input, archive)}
  InstallerSha256: ${archive.sha256.toUpperCase()}
`,
    ),
    [`winget/${WINGET_ID}.locale.en-US.yaml`]: file(
      "defaultLocale",
      "defaultLocale",
      `PackageLocale: en-US
Publisher: sso-cred
PackageName: sso-cred
PackageUrl: ${input.homepage}
License: MIT
ShortDescription: ${JSON.stringify(input.description)}
`,
    ),
  };
}
