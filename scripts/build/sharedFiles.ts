import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { COMPLETION_SCRIPTS } from "../../src/usage/completionScripts.ts";
import { manPage } from "../../src/usage/help.ts";

/** The man page and the completion scripts, by their paths under an installation prefix. */
export function sharedFiles(): Readonly<Record<string, string>> {
  return {
    "share/man/man1/sso-cred.1": manPage(),
    "share/bash-completion/completions/sso-cred": COMPLETION_SCRIPTS.bash,
    "share/zsh/site-functions/_sso-cred": COMPLETION_SCRIPTS.zsh,
    "share/fish/vendor_completions.d/sso-cred.fish": COMPLETION_SCRIPTS.fish,
  };
}

export async function writeSharedFiles(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(sharedFiles())) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
}
