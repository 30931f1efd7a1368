import { isUtf8 } from "node:buffer";
import { SsoCredError } from "../errors.ts";
import { configPath, credentialsPath, type Environment } from "../hit/paths.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import { type ConfigFile, findSection, parseConfig, type Section } from "./ini.ts";

/** The user's two files as one; lookups read only the sections they need. */
export interface Config {
  readonly path: string;
  readonly credentialsPath: string;
  /** The keys of `[profile NAME]`, with those of the credentials file over them when that was loaded. */
  profile(name: string): ReadonlyMap<string, string> | undefined;
  session(name: string): ReadonlyMap<string, string> | undefined;
  /** The nested maps of `[services NAME]`. */
  services(name: string): ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;
  /** In the order of the file; `default` included when it exists. */
  profileNames(): string[];
  sessionNames(): string[];
  /** The keys of the profile `default`; empty when there is none. */
  readonly defaults: ReadonlyMap<string, string>;
}

/**
 * Reads the config, and with `credentials` the credentials file too. A missing file is an empty one.
 *
 * @throws SsoCredError("config") when a file is there and cannot be read as text.
 */
export function loadConfig(system: Environment, wanted: { credentials?: boolean } = {}): Config {
  const path = configPath(system.env, system.platform);
  const credentials = credentialsPath(system.env, system.platform);
  const main = sections(readText(path), "config");
  const over = sections(wanted.credentials ? readText(credentials) : "", "credentials");

  function profile(name: string): ReadonlyMap<string, string> | undefined {
    const configured = main.find("profile", name)?.keys;
    const merged = over.find("profile", name)?.keys;
    if (configured === undefined || merged === undefined) return configured ?? merged;
    return new Map([...configured, ...merged]);
  }

  return {
    path,
    credentialsPath: credentials,
    profile,
    session: (name) => main.find("sso-session", name)?.keys,
    services: (name) => main.find("services", name)?.nested,
    profileNames: () => [...new Set([...main.names("profile"), ...over.names("profile")])],
    sessionNames: () => main.names("sso-session"),
    get defaults() {
      return profile("default") ?? new Map();
    },
  };
}

interface Sections {
  find(kind: Section["kind"], name: string): Section | undefined;
  names(kind: Section["kind"]): string[];
}

/** Finds single sections by a scan, until somebody asks for the names of all. */
function sections(text: string, file: ConfigFile): Sections {
  let all: Map<string, Section> | undefined;
  const id = (kind: string, name: string) => `${kind} ${name}`;
  function parsed(): Map<string, Section> {
    all ??= new Map(parseConfig(text, file).map((section) => [id(section.kind, section.name), section]));
    return all;
  }
  return {
    find: (kind, name) => (all === undefined ? findSection(text, file, kind, name) : all.get(id(kind, name))),
    names: (kind) =>
      [...parsed().values()].filter((section) => section.kind === kind).map(({ name }) => name),
  };
}

function readText(path: string): string {
  const file = readRegularFile(path);
  if ("fault" in file) {
    // AWS_CONFIG_FILE=/dev/null
    if (file.is !== "unreadable") return "";
    throw new SsoCredError("config", `${path} ${file.fault}`);
  }
  if (!isUtf8(file.bytes)) throw new SsoCredError("config", `${path} is not UTF-8 text`);
  return file.bytes.toString("utf8");
}
