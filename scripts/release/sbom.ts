import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Metafile } from "esbuild";
import { bundledFolders } from "../build/licenses.ts";
import { root } from "../toolchain.mjs";

interface Component {
  readonly "bom-ref"?: string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
}

/**
 * The CycloneDX bill of materials of the executable: of npm's own list only the packages that are
 * in the bundles, then Node with the libraries that it is built with (`versions` of
 * `process.versions`). The same input gives the same text.
 */
export function billOfMaterials(
  metafiles: readonly Metafile[],
  version: string,
  versions: NodeJS.ProcessVersions,
  time: number,
): string {
  const document = JSON.parse(
    execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 << 20,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const manifests = [...bundledFolders(metafiles)].map((folder) =>
    JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8")),
  );
  const bundled = new Set(manifests.map(({ name, version }) => `${name}@${version}`));
  const components = (document.components as Component[]).filter(({ name, version }) =>
    bundled.has(`${name}@${version}`),
  );
  if (components.length !== bundled.size)
    throw new Error(`npm sbom lists ${components.length} of the ${bundled.size} bundled packages`);
  const references = new Set(components.map((component) => component["bom-ref"]));
  return `${JSON.stringify(
    {
      $schema: document.$schema,
      bomFormat: document.bomFormat,
      specVersion: document.specVersion,
      version: 1,
      metadata: {
        timestamp: new Date(time * 1000).toISOString(),
        component: { type: "application", name: "sso-cred", version, purl: `pkg:npm/sso-cred@${version}` },
      },
      components: [...components, ...nodeComponents(versions)],
      dependencies: (document.dependencies as { ref: string; dependsOn?: string[] }[])
        .filter(({ ref }) => references.has(ref))
        .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((on) => references.has(on)) })),
    },
    undefined,
    2,
  )}\n`;
}

function nodeComponents(versions: NodeJS.ProcessVersions): Component[] {
  const { node = "", ...parts } = versions;
  return [
    { type: "platform", name: "node", version: node, purl: `pkg:generic/node@${node}` },
    ...Object.entries(parts)
      .filter(([name]) => name !== "modules" && name !== "napi")
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version = ""]) => ({
        type: "library",
        name,
        version,
        purl: `pkg:generic/${name}@${version}`,
      })),
  ];
}
