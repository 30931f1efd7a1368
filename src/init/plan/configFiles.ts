import { isUtf8 } from "node:buffer";
import { uneditable } from "../../config/edit.ts";
import { SsoCredError } from "../../errors.ts";
import { configPath, credentialsPath, type Environment } from "../../hit/paths.ts";
import { readRegularFile } from "../../platform/readRegularFile.ts";
import type { Files } from "./initOptions.ts";

/**
 * Both files of the user as text; a missing one is empty.
 *
 * @throws SsoCredError("config") naming file and line for a config in which edits have no certain place.
 */
export function readConfigFiles({ env, platform }: Environment): Files {
  const config = configPath(env, platform);
  const credentials = credentialsPath(env, platform);
  const configText = readText(config, ["missing"]);
  const fault = uneditable(configText);
  if (fault !== undefined) {
    throw new SsoCredError("config", `${config}, line ${fault.line}, ${fault.problem}; it is left as it is`);
  }
  return {
    configPath: config,
    configText,
    credentialsPath: credentials,
    credentialsText: readText(credentials, ["missing", "device"]),
  };
}

/** A device is as good as empty where nothing is written. */
function readText(path: string, emptyWhere: readonly string[]): string {
  const file = readRegularFile(path);
  if ("fault" in file) {
    if (emptyWhere.includes(file.is)) return "";
    throw new SsoCredError("config", `${path} ${file.fault}`);
  }
  const { bytes } = file;
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const lines = bytes.toString("latin1").split("\n");
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, "latin1"))) + 1;
  throw new SsoCredError("config", `${path}, line ${line}, is not UTF-8 text; it is left as it is`);
}
