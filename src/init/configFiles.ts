import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { uneditable } from "../config/edit.ts";
import { SsoCredError } from "../errors.ts";
import { readPatiently } from "../heldFile.ts";
import { configPath, credentialsPath, type Surroundings } from "../paths.ts";
import type { Files } from "./wishes.ts";

/**
 * Both files of the user as text; a missing one is empty.
 *
 * @throws SsoCredError("config") naming file and line for a config in which edits have no certain place.
 */
export function readConfigFiles({ env, platform }: Surroundings): Files {
  const config = configPath(env, platform);
  const credentials = credentialsPath(env, platform);
  const configText = readText(config);
  const fault = uneditable(configText);
  if (fault !== undefined) {
    throw new SsoCredError("config", `${config}, line ${fault.line}, ${fault.problem}; it is left as it is`);
  }
  return {
    configPath: config,
    configText,
    credentialsPath: credentials,
    credentialsText: readText(credentials),
  };
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    if (!statSync(path).isFile()) throw new SsoCredError("config", `${path} is not a regular file`);
    bytes = readPatiently(() => readFileSync(path));
  } catch (error) {
    if (error instanceof SsoCredError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw new SsoCredError("config", `${path} cannot be read (${code})`, { cause: error });
  }
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const lines = bytes.toString("latin1").split("\n");
  const line = lines.findIndex((text) => !isUtf8(Buffer.from(text, "latin1"))) + 1;
  throw new SsoCredError("config", `${path}, line ${line}, is not UTF-8 text; it is left as it is`);
}
