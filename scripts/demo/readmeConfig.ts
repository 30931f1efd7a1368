import { readFile } from "node:fs/promises";
import { root } from "../toolchain.mjs";

/** The path in the README's config, which readers replace with their own. */
const README_PATH = "/home/you/.local/bin/sso-cred";

/** The config of the README's first screen, with this executable's path. */
export async function readmeConfig(executable: string): Promise<string> {
  const readme = await readFile(`${root}README.md`, "utf8");
  const blocks = [...readme.matchAll(/^```ini\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
  const [profile = "", session = ""] = blocks;
  if (
    !profile.startsWith("[profile ") ||
    !profile.includes(README_PATH) ||
    !session.startsWith("[sso-session ")
  )
    throw new Error("README.md does not begin with the config of a profile and a session");
  const command = /\s/.test(executable) ? `"${executable}"` : executable;
  return `${profile.replace(README_PATH, () => command)}\n${session}`;
}
