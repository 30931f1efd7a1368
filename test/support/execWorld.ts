import { cachedWorld } from "./binaryWorld.ts";
import { sessionSection } from "./home.ts";

export const LINE = "credential_process = /x/sso-cred corp --account-id 123456789011 --role-name ReadOnly\n";
export const CONFIG = `[profile dev]\n${LINE}region = eu-west-1\n${sessionSection("corp")}`;
export const EXEC = ["exec", "--profile", "dev"];
export const SH = [...EXEC, "--", "/bin/sh", "-c"];

/** The profile `dev`, with its credentials in the cache. */
export async function execWorld() {
  const made = await cachedWorld();
  await made.home.write(".aws/config", CONFIG);
  return made;
}
