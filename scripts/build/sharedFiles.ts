import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { completionScript } from "../../src/usage/completionScripts.ts";
import { manPage } from "../../src/usage/manPage.ts";

/** The man page and the completion scripts, by their paths under an installation prefix. */
export function sharedFiles(): Readonly<Record<string, string>> {
  return {
    "share/man/man1/sso-cred.1": manPage(),
    "share/bash-completion/completions/sso-cred": completionScript("bash"),
    "share/zsh/site-functions/_sso-cred": completionScript("zsh"),
    "share/fish/vendor_completions.d/sso-cred.fish": completionScript("fish"),
  };
}

export async function writeSharedFiles(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(sharedFiles())) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
}
