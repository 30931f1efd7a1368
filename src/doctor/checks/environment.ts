import { win32 } from "node:path";
import { homeDirectory } from "../../hit/paths.ts";
import { unsetCommand } from "../../platform/callerShell.ts";
import { shownProxy } from "../../text/redact.ts";
import { failingClients } from "../clients.ts";
import type { CaFile, Facts } from "../facts.ts";
import { type Finding, finding } from "../report.ts";

const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** Variables that override what the config says. */
export function* checkEnvironment(facts: Facts): Generator<Finding> {
  const { invalidSettings, caFiles } = facts;
  yield* staticKeys(facts);
  yield* profileVariables(facts);
  yield* configVariable(facts);
  yield* tildes(facts);
  yield* otherHome(facts);
  yield* proxies(facts);
  yield* caFiles.map(caFinding);
  for (const { name, problem } of invalidSettings)
    yield finding("env-invalid", "error", name, {
      found: problem,
      why: "every sso-cred call that needs it fails",
      fix: `correct or unset ${name}`,
    });
}

function* staticKeys({ env, platform }: Facts): Generator<Finding> {
  const set = KEYS.filter((name) => env[name]);
  if (!env.AWS_ACCESS_KEY_ID) return;
  yield finding("env-static-keys", "warning", set.join(", "), {
    found: `credentials are set in the environment (${set.join(", ")})`,
    why: "the AWS CLI and most SDKs use them instead of the profile that AWS_PROFILE names, until they expire",
    run: unsetCommand(set, { env, platform }),
  });
}

function* profileVariables({ env, platform, config }: Facts): Generator<Finding> {
  const names = new Set(config.sections.filter(({ kind }) => kind === "profile").map(({ name }) => name));
  for (const variable of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
    const name = env[variable];
    if (name === undefined || names.has(name) || (name === "default" && names.size === 0)) continue;
    yield finding("env-profile-missing", "error", variable, {
      found:
        name === ""
          ? `${variable} is empty`
          : `${variable} names the profile '${name}', which does not exist`,
      why: "the AWS CLI and the SDKs fail before they look for credentials",
      run: unsetCommand([variable], { env, platform }),
    });
  }
}

function* configVariable({ env, platform, config }: Facts): Generator<Finding> {
  const elsewhere = env.AWS_CONFIG_FILE;
  if (config.fault === "missing")
    yield finding("config-missing", "error", elsewhere ? "AWS_CONFIG_FILE" : config.path, {
      found: `there is no config file ${config.path}`,
      why: "no tool finds a profile",
      run: elsewhere ? unsetCommand(["AWS_CONFIG_FILE"], { env, platform }) : "sso-cred init",
    });
  else if (elsewhere)
    yield finding("config-elsewhere", "note", "AWS_CONFIG_FILE", {
      found: `the config file is ${config.path}`,
      why: "tools started without this variable read ~/.aws/config instead",
    });
}

function* tildes({ env, config, credentials }: Facts): Generator<Finding> {
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
function* otherHome({ env, platform, config }: Facts): Generator<Finding> {
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

function* proxies({ env, platform }: Facts): Generator<Finding> {
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"];
  // Windows finds a variable by either name.
  for (const name of platform === "win32" ? names.filter((one) => one === one.toUpperCase()) : names)
    if (env[name])
      yield finding("proxy-in-use", "note", name, {
        found: `${name} is ${shownProxy(env[name])}`,
        why: "requests to Identity Center go through it",
      });
}

function caFinding({ path, setting, fault, isOptional = false }: CaFile): Finding {
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
