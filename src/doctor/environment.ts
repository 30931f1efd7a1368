import { win32 } from "node:path";
import { isLoginMode } from "../config/session.ts";
import { expandPath, homeDirectory } from "../hit/paths.ts";
import { waitBudgetSeconds } from "../hit/waitBudget.ts";
import type { CaBundle, SsoSession } from "../model.ts";
import { unsetCommand } from "../platform/callerShell.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import type { Environment } from "../platform/system.ts";
import { shownProxy } from "../text/redact.ts";
import { failingClients } from "./clients.ts";
import { type ConfigFiles, type ConfigText, sectionsOf } from "./configFile.ts";
import { type Finding, finding } from "./report.ts";

const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** Checks variables that override what the config says. */
export function* checkEnvironment(files: ConfigFiles, sessions: readonly SsoSession[], system: Environment) {
  yield* staticKeys(system);
  yield* profileVariables(files.config, system);
  yield* configVariable(files.config, system);
  yield* tildes(files, system);
  yield* otherHome(files.config, system);
  yield* proxies(system);
  yield* caBundles(sessions, system).map(caFinding);
  yield* invalidSettings(system);
}

function* staticKeys(system: Environment): Generator<Finding> {
  const set = KEYS.filter((name) => system.env[name]);
  if (!system.env.AWS_ACCESS_KEY_ID) return;
  yield finding("env-static-keys", "warning", set.join(", "), {
    found: `credentials are set in the environment (${set.join(", ")})`,
    why: "the AWS CLI and most SDKs use them instead of the profile that AWS_PROFILE names, until they expire",
    run: unsetCommand(set, system),
  });
}

function* profileVariables(config: ConfigText, system: Environment): Generator<Finding> {
  const names = new Set(sectionsOf(config, "profile").map(({ name }) => name));
  for (const variable of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
    const name = system.env[variable];
    if (name === undefined || names.has(name) || (name === "default" && names.size === 0)) continue;
    yield finding("env-profile-missing", "error", variable, {
      found:
        name === ""
          ? `${variable} is empty`
          : `${variable} names the profile '${name}', which does not exist`,
      why: "the AWS CLI and the SDKs fail before they look for credentials",
      run: unsetCommand([variable], system),
    });
  }
}

function* configVariable({ path, fault }: ConfigText, system: Environment): Generator<Finding> {
  const elsewhere = system.env.AWS_CONFIG_FILE;
  if (fault === "missing")
    yield finding("config-missing", "error", elsewhere ? "AWS_CONFIG_FILE" : path, {
      found: `there is no config file ${path}`,
      why: "no tool finds a profile",
      run: elsewhere ? unsetCommand(["AWS_CONFIG_FILE"], system) : "sso-cred init",
    });
  else if (elsewhere)
    yield finding("config-elsewhere", "note", "AWS_CONFIG_FILE", {
      found: `the config file is ${path}`,
      why: "tools started without this variable read ~/.aws/config instead",
    });
}

function* tildes({ config, credentials }: ConfigFiles, { env }: Environment): Generator<Finding> {
  for (const [variable, { path }] of [
    ["AWS_CONFIG_FILE", config],
    ["AWS_SHARED_CREDENTIALS_FILE", credentials],
  ] as const)
    if (/^~[/\\]/.test(env[variable] ?? ""))
      yield finding("env-path-tilde", "warning", variable, {
        found: `${variable} is ${env[variable]}, with a tilde that no shell has replaced`,
        why: `${failingClients("configPathWithTilde")}, and so Terraform, does not find the file`,
        fix: `set it to ${path}`,
      });
}

/** aws-sdk-java-v2 UserHomeDirectoryUtils; @smithy/shared-ini-file-loader getHomeDir. */
function* otherHome(config: ConfigText, { env, platform }: Environment): Generator<Finding> {
  if (platform !== "win32" || !env.HOME || env.AWS_CONFIG_FILE) return;
  const home = homeDirectory({ env, platform });
  const [theirs, ours] = [env.HOME, home].map((path) => win32.resolve(path).toLowerCase());
  if (theirs === ours) return;
  yield finding("env-home", "warning", "HOME", {
    found: `HOME is ${env.HOME}, and USERPROFILE is ${home}`,
    why: "the SDKs for Java and JavaScript, and so the CDK, look for .aws in the first, the AWS CLI and Go in the second",
    fix: `remove HOME, or set AWS_CONFIG_FILE to ${config.path}`,
  });
}

function* proxies({ env, platform }: Environment): Generator<Finding> {
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"];
  // Windows finds a variable by either name.
  for (const name of platform === "win32" ? names.filter((one) => one === one.toUpperCase()) : names)
    if (env[name])
      yield finding("proxy-in-use", "note", name, {
        found: `${name} is ${shownProxy(env[name])}`,
        why: "requests to Identity Center go through it",
      });
}

/** The CA bundles of the sessions; without a session, the one that a variable names. */
function caBundles(sessions: readonly SsoSession[], system: Environment): CaBundle[] {
  const setting = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"].find((name) => system.env[name]);
  const path = expandPath(system.env[setting ?? ""] ?? "", system);
  const ofVariables = setting === undefined ? [] : [{ setting, path }];
  const bundles = sessions.length > 0 ? sessions.flatMap(({ caBundle }) => caBundle ?? []) : ofVariables;
  return [...new Map(bundles.map((bundle) => [bundle.path, bundle])).values()];
}

function caFinding({ path, setting, isOptional = false }: CaBundle): Finding {
  const fault = pemFault(path);
  if (fault === undefined)
    return finding("ca-in-use", "note", setting, {
      found: `only the certificate authorities in ${path} are trusted`,
      why: "it replaces all others",
    });
  return finding("ca-unreadable", isOptional ? "warning" : "error", setting, {
    found: `${path} ${fault}`,
    why: isOptional
      ? "the AWS CLI cannot make TLS requests; sso-cred trusts the system's authorities instead"
      : "TLS requests fail",
    fix: `set ${setting} to a PEM file, or remove it`,
  });
}

function pemFault(path: string): string | undefined {
  const file = readRegularFile(path);
  if ("fault" in file) return file.is === "unreadable" ? file.fault : "does not exist";
  return file.bytes.includes("-----BEGIN") ? undefined : "contains no PEM certificate";
}

function* invalidSettings({ env }: Environment): Generator<Finding> {
  const invalid = (name: string, problem: string) =>
    finding("env-invalid", "error", name, {
      found: `${name} ${problem}`,
      why: "every sso-cred call that needs it fails",
      fix: `correct or unset ${name}`,
    });
  if (env.SSO_CRED_LOGIN && !isLoginMode(env.SSO_CRED_LOGIN))
    yield invalid("SSO_CRED_LOGIN", "is not auto, browser, device or never");
  if (Number.isNaN(waitBudgetSeconds(env))) yield invalid("SSO_CRED_WAIT", "is not a number of seconds");
}
