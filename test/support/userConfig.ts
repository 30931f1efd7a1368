import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loadConfig } from "../../src/config/configFile.ts";
import type { SsoCredError } from "../../src/errors.ts";
import type { Environment } from "../../src/platform/system.ts";
import { temporaryFolder } from "./temporary.ts";

interface UserConfig {
  config: Config;
  system: Environment;
  /** The config's path. */
  path: string;
}

/** A home for this test, with the given files, and the loaded config. */
export function userConfig(
  text: string,
  { env = {}, credentials = "" }: { env?: Record<string, string>; credentials?: string } = {},
): UserConfig {
  const home = temporaryFolder();
  const path = join(home, ".aws", "config");
  mkdirSync(join(home, ".aws"));
  writeFileSync(path, text);
  writeFileSync(join(home, ".aws", "credentials"), credentials);
  const system: Environment = { env: { HOME: home, ...env }, platform: "linux" };
  return { config: loadConfig(system, { credentials: true }), system, path };
}

/** The error that `read` throws. In its message, CONFIG stands for the config's path. */
export function failureOf(read: () => unknown, path: string) {
  try {
    read();
  } catch (error) {
    const { kind, message, remedy } = error as SsoCredError;
    return { kind, message: message.replaceAll(path, "CONFIG"), remedy };
  }
  throw new Error("it was read");
}
