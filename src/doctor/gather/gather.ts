import { existsSync } from "node:fs";
import { isLoginMode } from "../../config/session.ts";
import { configPath, credentialsPath, expandPath } from "../../hit/paths.ts";
import { waitBudgetSeconds } from "../../hit/waitBudget.ts";
import { browserCommands, isWsl } from "../../platform/browser.ts";
import { installedFront, isPacked } from "../../platform/installation.ts";
import { readRegularFile } from "../../platform/readRegularFile.ts";
import type { System } from "../../platform/system.ts";
import { VERSION } from "../../platform/version.ts";
import { isRemote } from "../../signIn/chooseGrant.ts";
import { readConfigLines } from "../configFile.ts";
import type { CaFile, Facts, Here, SessionFacts } from "../facts.ts";
import { gatherCommands } from "./commands.ts";
import { gatherDisk, gatherFormerSessions, gatherLocks, gatherPaths } from "./paths.ts";
import { gatherSessions, type Selection } from "./sessions.ts";

/** Gathers the facts. Changes nothing and starts no sign-in. */
export async function gatherFacts(selection: Selection, system: System): Promise<Facts> {
  const { env, platform } = system;
  const config = readConfigLines(configPath(system), "config", system.platform);
  const credentials = readConfigLines(credentialsPath(system), "credentials", system.platform);
  const [commands, { sessions, unusable }] = await Promise.all([
    gatherCommands([config, credentials], system),
    gatherSessions(config, selection, system),
  ]);
  return {
    env,
    platform,
    now: system.now(),
    version: VERSION,
    config,
    credentials,
    invalidSettings: invalidSettings(env),
    caFiles: caFiles(sessions, system),
    commands,
    paths: gatherPaths(system),
    formerSessions: gatherFormerSessions(system),
    locks: gatherLocks(system),
    disk: gatherDisk(system),
    sessions,
    unusable,
    here: here(system),
    front: isPacked() && platform !== "win32" ? (installedFront() ?? "none") : undefined,
  };
}

function invalidSettings(env: System["env"]): { name: string; problem: string }[] {
  const found: { name: string; problem: string }[] = [];
  const mode = env.SSO_CRED_LOGIN;
  if (mode && !isLoginMode(mode))
    found.push({ name: "SSO_CRED_LOGIN", problem: "SSO_CRED_LOGIN is not auto, browser, device or never" });
  if (Number.isNaN(waitBudgetSeconds(env)))
    found.push({ name: "SSO_CRED_WAIT", problem: "SSO_CRED_WAIT is not a number of seconds" });
  return found;
}

/** What the sessions use; without a session, what the variables name. */
function caFiles(sessions: readonly SessionFacts[], system: System): CaFile[] {
  const ofVariables = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"].flatMap((setting) => {
    const path = system.env[setting];
    return path ? [{ setting, path: expandPath(path, system) }] : [];
  });
  const bundles =
    sessions.length > 0 ? sessions.flatMap(({ caBundle }) => caBundle ?? []) : ofVariables.slice(0, 1);
  const byPath = new Map(bundles.map((bundle) => [bundle.path, bundle]));
  return [...byPath.values()].map((bundle) => ({ ...bundle, fault: pemFault(bundle.path) }));
}

function pemFault(path: string): string | undefined {
  const file = readRegularFile(path);
  if ("fault" in file) return file.is === "unreadable" ? file.fault : "does not exist";
  return file.bytes.includes("-----BEGIN") ? undefined : "contains no PEM certificate";
}

function here(system: System): Here {
  const { env } = system;
  const [command] = browserCommands("https://example.com", system)[0] ?? [];
  return {
    hasTerminal: system.terminal() !== undefined,
    isRemote: isRemote(env),
    isWsl: isWsl(env),
    isContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
    browser: command,
  };
}
