import { START_URL } from "./home.ts";
import { signInWorld, type WorldOptions } from "./signInWorld.ts";

export const CONFIG = ".aws/config";
export const BARE = ["--command", "sso-cred"];
export const NEW_SESSION = ["--start-url", START_URL, "--sso-region", "eu-west-1"];
export const ANSWERS = ["--region", "eu-west-1", "--output", "json"];
export const ONE = [
  "--account-id",
  "123456789011",
  "--role-name",
  "Admin",
  ...ANSWERS,
  "--profile-name",
  "dev",
];

/** A person who calls `init`, by default with a bare name as the command. */
export async function initWorld(options: WorldOptions = {}) {
  const made = await signInWorld(options);
  return {
    ...made,
    init: (...args: string[]) => made.call(["init", ...args, ...(args.includes("--command") ? [] : BARE)]),
    config: () => made.home.read(CONFIG),
  };
}
