import { decodeConfig } from "../../config/configText.ts";
import { uneditable } from "../../config/edit.ts";
import { SsoCredError } from "../../errors.ts";
import { configPath, credentialsPath } from "../../hit/paths.ts";
import { readRegularFile } from "../../platform/readRegularFile.ts";
import type { Environment } from "../../platform/system.ts";
import type { Files } from "./initOptions.ts";

/**
 * Reads both files of the user as text; a missing one is empty.
 *
 * @throws SsoCredError("config") naming file and line of a config in which edits would be
 * ambiguous.
 */
export function readConfigFiles({ env, platform }: Environment): Files {
  const config = configPath(env, platform);
  const credentials = credentialsPath(env, platform);
  const configText = readText(config, platform, ["missing"]);
  const fault = uneditable(configText);
  if (fault !== undefined) {
    throw new SsoCredError("config", `${config}, line ${fault.line}, ${fault.problem}; it is left as it is`);
  }
  return {
    configPath: config,
    configText,
    credentialsPath: credentials,
    credentialsText: readText(credentials, platform, ["missing", "device"]),
  };
}

/** A device (/dev/null) reads as an empty file, but cannot be written. */
function readText(path: string, platform: NodeJS.Platform, emptyWhere: readonly string[]): string {
  const file = readRegularFile(path);
  if ("fault" in file) {
    if (emptyWhere.includes(file.is)) return "";
    throw new SsoCredError("config", `${path} ${file.fault}`, { remedy: file.remedy ?? {} });
  }
  return decodeConfig(file.bytes, path, platform);
}
