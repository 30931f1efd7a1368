import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { frontName, programName } from "../build/executable.ts";
import { sharedFiles } from "../build/sharedFiles.ts";
import { root, type Target } from "../toolchain.mjs";
import { signAdHoc } from "./adhocSignature.ts";

/** One file of an archive. Folders are made from the paths. */
export interface Member {
  /** With forward slashes, relative. */
  readonly path: string;
  readonly mode: 0o755 | 0o644;
  readonly content: Buffer;
}

/** One target's files, as they lie under an installation prefix (`/usr`, `~/.local`). */
export async function prefixMembers(target: Target): Promise<Member[]> {
  const main = await read(`dist/${programName(target)}`);
  const documents = [
    text("LICENSE", await read("LICENSE")),
    text("THIRD_PARTY_LICENSES", await read("dist/THIRD_PARTY_LICENSES")),
  ];
  if (target.startsWith("win-")) return [program("sso-cred.exe", main), ...documents];
  const front = `dist/${frontName(target)}`;
  if (!existsSync(root + front)) throw new Error(`there is no ${front}: every archive has the native front`);
  return [
    program("bin/sso-cred", signed(target, await read(front), "sso-cred")),
    program("libexec/sso-cred/sso-cred", signed(target, main, "sso-cred-core")),
    ...Object.entries(sharedFiles()).map(([path, content]) => text(path, Buffer.from(content))),
    ...documents,
  ];
}

/** Apple silicon runs no unsigned program, and packing has broken Node's own signature. */
function signed(target: Target, content: Buffer, identifier: string): Buffer {
  return target === "darwin-arm64" ? signAdHoc(content, identifier) : content;
}

async function read(file: string): Promise<Buffer> {
  return await readFile(root + file);
}

function program(path: string, content: Buffer): Member {
  return { path, mode: 0o755, content };
}

function text(path: string, content: Buffer): Member {
  return { path, mode: 0o644, content };
}
