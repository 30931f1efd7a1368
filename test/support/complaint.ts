import { expect } from "vitest";
import { signInWorld } from "./signInWorld.ts";

/** The program's message about a mistake, without the names of the program and the file. */
export async function complaint(config: string, args: readonly string[] = ["--profile", "dev"]) {
  const { call, home } = await signInWorld({ config });
  const { code, stderr } = await call(args);
  expect(code).toBe(3);
  return stderr.replaceAll(home.configFile, "CONFIG").replace("sso-cred: ", "").trimEnd();
}
