import type { Target } from "../toolchain.mjs";
import type { Member } from "./members.ts";

/** Build target → what npm calls its system and processor. */
const NPM_PLATFORMS: Readonly<Record<Target, { os: string; cpu: string }>> = {
  "linux-x64": { os: "linux", cpu: "x64" },
  "linux-arm64": { os: "linux", cpu: "arm64" },
  "darwin-x64": { os: "darwin", cpu: "x64" },
  "darwin-arm64": { os: "darwin", cpu: "arm64" },
  "win-x64": { os: "win32", cpu: "x64" },
};

export interface PackageFields {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly repository: string;
}

/** `sso-cred-linux-x64` and others: one platform's executable, which npm installs only there. */
export function platformPackage(target: Target, fields: PackageFields, members: readonly Member[]): Member[] {
  const { os, cpu } = NPM_PLATFORMS[target];
  return packed(members, {
    name: platformPackageName(target),
    ...fields,
    description: `${fields.description} The executable for ${os} ${cpu}.`,
    os: [os],
    cpu: [cpu],
    ...(os === "linux" && { libc: ["glibc"] }),
    preferUnplugged: true,
  });
}

/** `sso-cred` itself: the command, and a dependency for each platform. */
export function mainPackage(
  targets: readonly Target[],
  fields: PackageFields,
  documents: readonly Member[],
): Member[] {
  const launcher: Member = { path: "bin/sso-cred.js", mode: 0o755, content: Buffer.from(LAUNCHER) };
  const names = targets.map((target) => [platformPackageName(target), fields.version]);
  return packed([...documents, launcher], {
    name: "sso-cred",
    ...fields,
    bin: { "sso-cred": "bin/sso-cred.js" },
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(names),
  });
}

export function platformPackageName(target: Target): string {
  const { os, cpu } = NPM_PLATFORMS[target];
  return `sso-cred-${os}-${cpu}`;
}

function packed(members: readonly Member[], manifest: object): Member[] {
  const json = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  const all: Member[] = [{ path: "package.json", mode: 0o644, content: json }, ...members];
  return all.map((member) => ({ ...member, path: `package/${member.path}` }));
}

/**
 * npm links only the commands of the installed package itself, the same on every platform, so
 * without an install script a launcher is needed. It costs Node's start, but only in commands that
 * a person types: `init` writes the path of the executable that the launcher starts.
 */
const LAUNCHER = `#!/usr/bin/env node
"use strict";
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { constants } = require("node:os");
const { dirname, join } = require("node:path");

const name = \`sso-cred-\${process.platform}-\${process.arch}\`;
const file = process.platform === "win32" ? "sso-cred.exe" : join("bin", "sso-cred");
let program;
try {
  program = join(dirname(require.resolve(\`\${name}/package.json\`)), file);
} catch {
  // Reported below.
}
if (program === undefined || !existsSync(program)) {
  console.error(\`sso-cred: the package \${name} is not installed beside sso-cred\`);
  console.error("  run: npm install --global --include=optional sso-cred");
  process.exit(3);
}
const args = process.argv.slice(2);
// Replaces this process where Node can (22.15 and later, not on Windows).
if (typeof process.execve === "function" && process.platform !== "win32") {
  process.removeAllListeners("warning");
  process.noDeprecation = true;
  process.execve(program, [program, ...args], process.env);
}
const child = spawn(program, args, { stdio: "inherit", windowsHide: true });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(\`sso-cred: \${program} does not start: \${error.message}\`);
  process.exit(3);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
`;
