import { existsSync } from "node:fs";
import type { Remedy } from "../errors.ts";
import { configPath, credentialsPath } from "../hit/paths.ts";
import { unsetCommand } from "../platform/callerShell.ts";
import type { Environment } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { readConfigText } from "./configText.ts";
import {
  type ConfigFile,
  findSection,
  type Keys,
  type NamedKind,
  parseConfig,
  type Section,
  sectionNames,
} from "./ini.ts";
import { shownHeader } from "./slips.ts";

/** A section of one of the two files, for messages. */
export interface Place {
  readonly path: string;
  /** `[profile dev]` in the config, `[dev]` in the credentials file. */
  readonly header: string;
}

export type Config = ReturnType<typeof parseFiles>;

/**
 * Reads the config, and with `credentials` the credentials file too. A missing file is an empty
 * one.
 * @throws SsoCredError("config") when a file exists but cannot be read as text.
 */
export function loadConfig(system: Environment, wanted: { credentials?: boolean } = {}): Config {
  const { platform } = system;
  const credentials = wanted.credentials ? readConfigText(credentialsPath(system), platform) : "";
  return parseFiles(readConfigText(configPath(system), platform), credentials, system);
}

/** Reads as much as possible of both files, for work that must not depend on them. */
export function loadReadableConfig(system: Environment): { config: Config; failure?: unknown } {
  let failure: unknown;
  for (const wanted of [{ credentials: true }, {}]) {
    try {
      return { config: loadConfig(system, wanted), failure };
    } catch (error) {
      failure = error;
    }
  }
  return { config: parseFiles("", "", system), failure };
}

/** The user's two files, merged. A lookup parses only the sections it needs. */
function parseFiles(text: string, credentialsText: string, system: Environment) {
  const path = configPath(system);
  const credentials = credentialsPath(system);
  const main = sections(text, "config");
  const over = sections(credentialsText, "credentials");

  /** The keys of `[profile NAME]`. The credentials file, if it was loaded, overrides them. */
  function profile(name: string): Keys | undefined {
    const configured = main.find("profile", name)?.keys;
    const merged = over.find("profile", name)?.keys;
    if (configured === undefined || merged === undefined) return configured ?? merged;
    return new Map([...configured, ...merged]);
  }

  /** The section that sets a key of a profile, or would have to set a missing one. */
  function placeOf(name: string, key: string): Place {
    const overrides = over.find("profile", name)?.keys;
    const isInCredentials = overrides?.has(key) || main.find("profile", name) === undefined;
    return overrides !== undefined && isInCredentials
      ? { path: credentials, header: `[${printable(name)}]` }
      : { path, header: shownHeader("profile", name) };
  }

  return {
    path,
    /** Empty if there is no file. `credentialsText` is also empty if that file was not loaded. */
    text,
    credentialsPath: credentials,
    credentialsText,
    /** The message that the config file does not exist; undefined if it does. */
    get absence() {
      return existsSync(path) ? undefined : describeAbsence(path, system);
    },
    profile,
    placeOf,
    session: (name: string) => main.find("sso-session", name)?.keys,
    /** The keys that a session has only from `[DEFAULT]`, which every section inherits. */
    inheritedBySession: (name: string): ReadonlySet<string> =>
      main.find("sso-session", name)?.inherited ?? new Set(),
    /** The nested maps of `[services NAME]`. */
    services: (name: string) => main.find("services", name)?.nested,
    /** In the order of the file, including `default` if it exists. */
    profileNames: () => [...new Set([...main.names("profile"), ...over.names("profile")])],
    sessionNames: () => main.names("sso-session"),
    get defaults(): Keys {
      return profile("default") ?? new Map();
    },
  };
}

/** Names the usual file if it exists, because `AWS_CONFIG_FILE` is often a leftover. */
function describeAbsence(path: string, system: Environment): { message: string; remedy?: Remedy } {
  const { env, platform } = system;
  if (!env.AWS_CONFIG_FILE) return { message: `${path} does not exist` };
  const message = `${path}, which AWS_CONFIG_FILE names, does not exist`;
  const usual = configPath({ env: { ...env, AWS_CONFIG_FILE: undefined }, platform });
  if (!existsSync(usual)) return { message };
  const run = unsetCommand(["AWS_CONFIG_FILE"], system);
  return { message: `${message}; ${usual} does`, remedy: { run } };
}

/** Scans for single sections. Parses the whole file once all names have been asked for. */
function sections(text: string, file: ConfigFile) {
  let all: Map<string, Section> | undefined;
  let isListed = false;
  return {
    find(kind: Section["kind"], name: string) {
      if (!isListed) return findSection(text, file, kind, name);
      all ??= new Map(parseConfig(text, file).map((each) => [`${each.kind} ${each.name}`, each]));
      return all.get(`${kind} ${name}`);
    },
    names(kind: NamedKind) {
      isListed = true;
      return sectionNames(text, file, kind);
    },
  };
}
