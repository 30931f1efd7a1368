import { existsSync } from "node:fs";
import { configPath, credentialsPath } from "../hit/paths.ts";
import { browserCommands, isWsl } from "../platform/browser.ts";
import { installedFront, isPacked } from "../platform/installation.ts";
import type { System } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { isRemote } from "../signIn/chooseGrant.ts";
import { printable } from "../text/printable.ts";
import { words } from "../text/words.ts";
import { checkCommands } from "./commands.ts";
import { checkConfig } from "./config.ts";
import { type ConfigText, readConfigLines } from "./configFile.ts";
import { checkDialects } from "./dialects.ts";
import { checkEnvironment } from "./environment.ts";
import { checkPaths } from "./paths.ts";
import { checkProfiles } from "./profiles.ts";
import { type Finding, finding } from "./report.ts";
import { checkSession, type Selection, selectSessions, type UnusableSection } from "./sessions.ts";

/** All findings, errors first. Changes nothing and starts no sign-in. */
export async function findingsOf(selection: Selection, system: System): Promise<Finding[]> {
  const { platform } = system;
  const config = readConfigLines(configPath(system), "config", platform);
  const files = { config, credentials: readConfigLines(credentialsPath(system), "credentials", platform) };
  const { sessions, unusable } = selectSessions(selection, system);
  const [commands, ...ofSessions] = await Promise.all([
    checkCommands(files, system),
    ...sessions.map((session) => checkSession(session, config, selection.offline, system)),
  ]);
  const found = [
    ...checkEnvironment(files, sessions, system),
    ...checkConfig(files, platform),
    ...checkDialects(config),
    ...checkProfiles(files, commands.hasCommand),
    ...commands.findings,
    ...checkPaths(system),
    ...ofSessions.flat(),
    checkHere(system),
    ...checkFront(platform),
  ];
  found.push(...checkUnusable(config, unusable, found));
  const rank = { error: 0, warning: 1, note: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

/** Tells which of the two executables answers calls. From source there is no front. */
function checkFront(platform: NodeJS.Platform): Finding[] {
  if (!isPacked() || platform === "win32") return [];
  const front = installedFront();
  const why = "the native front answers from the cache in a millisecond, the program alone in twenty";
  const noted = (found: string) => finding("front", "note", undefined, { found, why });
  if (front === undefined) return [noted("there is no native front")];
  const path = printable(front.path);
  const note = noted(
    front.isInUse
      ? `the native front is ${path}`
      : `this program was not started by its native front, ${path}`,
  );
  if (front.version === VERSION) return [note];
  const differing = finding("front-version", "warning", undefined, {
    found: `the native front ${path} is version ${printable(front.version)}, and its program ${VERSION}`,
    why: "an installation was interrupted, or one of the two files was replaced; they still work together",
    fix: "install sso-cred again",
  });
  return [differing, note];
}

/** Describes the machine, as far as it decides how a sign-in happens. */
function checkHere(system: System): Finding {
  const [browser] = browserCommands("https://example.com", system)[0] ?? [];
  const isContainer = existsSync("/.dockerenv") || existsSync("/run/.containerenv");
  const traits = [
    isRemote(system.env) ? "a remote machine (SSH or a cloud IDE)" : undefined,
    isWsl(system.env) ? "WSL" : undefined,
    isContainer ? "a container" : undefined,
    system.terminal() ? "a terminal" : "no terminal",
    browser === undefined ? "no browser" : `the browser ${browser}`,
  ].filter((trait) => trait !== undefined);
  const found = `this is ${traits.join(", ")}`.replace(/this is (?=(?:a|no) terminal)/, "there is ");
  return finding("here", "note", undefined, { found, why: "it decides between browser and device sign-in" });
}

/** Findings that say the same of a section as the program does. */
const SAME = new Set(
  words(`
    command-arguments section-not-a-profile session-incomplete session-region session-start-url
    session-missing session-repeated profile-incomplete`),
);

/** What the program says of a rejected section, where no other finding says the same. */
function checkUnusable(config: ConfigText, unusable: readonly UnusableSection[], found: readonly Finding[]) {
  if (config.fault !== undefined || config.encoding === "UTF-16") return [];
  const said = found.filter(({ id }) => SAME.has(id)).map(({ where }) => where);
  const silent = unusable.filter((section) => !linesOf(section).some((line) => said.includes(line)));
  const first = silent.filter(
    ({ message }, at) => silent.findIndex((other) => other.message === message) === at,
  );
  return first.map((section) => {
    const { message, run } = section;
    const variable = /^[A-Z_]{3,}/.exec(message)?.[0];
    const where = variable ?? linesOf(section)[0] ?? config.path;
    return finding("settings-unusable", "error", where, {
      found: message.replace(`${config.path}: `, ""),
      why: "every sso-cred call that needs it fails with this message",
      ...(run === undefined ? { fix: "correct what the message names" } : { run }),
    });
  });

  /** Every line of the section, and of those that the message names, as findings name them. */
  function linesOf({ kind, name, message }: UnusableSection): string[] {
    return config.sections
      .filter(
        (section) => (section.kind === kind && section.name === name) || message.includes(section.header),
      )
      .flatMap((section) => [section.where, ...section.keys.map(({ where }) => where)]);
  }
}
