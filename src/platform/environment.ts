import { posix, win32 } from "node:path";
import { homeDirectory } from "../hit/paths.ts";
import { words } from "../text/words.ts";
import { attempt } from "./attempt.ts";
import { readRegularFile } from "./readRegularFile.ts";
import type { Environment } from "./system.ts";

/**
 * Variables that Node, V8, libuv or OpenSSL obey, in the packed executable too
 * (nodejs.org/docs/latest-v22.x/api/cli.html, "Environment variables"; openssl-env(7)).
 * NODE_EXTRA_CA_CERTS is documented for users and stays if it names certificates.
 */
const OBEYED =
  /^(NODE_(?!EXTRA_CA_CERTS$)[A-Z0-9_]+|OPENSSL_[A-Za-z0-9_]+|SSL_CERT_(DIR|FILE)|UV_[A-Z0-9_]+|QLOGDIR|SSLKEYLOGFILE)$/;

/** They have no effect on this executable (Jenkins sets two), so don't restart for them. */
const HARMLESS = words("NODE_ENV NODE_HOME NODE_LABELS NODE_NAME NODE_OPTIONS NODE_PATH NODE_VERSION");

/** The system with other variables; undefined unsets one. */
export function withVariables<S extends Environment>(system: S, set: Environment["env"]): S {
  return Object.create(system, { env: { value: { ...system.env, ...set }, enumerable: true } });
}

/**
 * True for the usual words for "off". False for an unset or empty variable. In cmd,
 * `set CI=false && …` sets a value that ends with a space.
 */
export function meansOff(value: string | undefined): boolean {
  return ["off", "no", "false", "0"].includes(value?.trim().toLowerCase() ?? "");
}

/** The variables that would change how this program runs, as the environment spells them. */
export function disturbingVariables(env: NodeJS.ProcessEnv, platform = process.platform): string[] {
  return Object.entries(env)
    .filter(([given, value]) => {
      const name = canonicalName(given, platform);
      // Node warns about a file without certificates on stderr, which is reserved for our own
      // messages.
      if (name === "NODE_EXTRA_CA_CERTS") return value && !holdsCertificates(value);
      return OBEYED.test(name) && !HARMLESS.includes(name);
    })
    .map(([given]) => given);
}

/** On Windows, names of variables are case-insensitive. */
function canonicalName(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? name.toUpperCase() : name;
}

function holdsCertificates(path: string): boolean {
  const file = readRegularFile(path);
  if ("fault" in file) return false;
  const blocks = file.bytes
    .toString("latin1")
    .match(/-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END [^-]+-----/g);
  const { X509Certificate } = process.getBuiltinModule("node:crypto");
  return blocks?.every((block) => attempt(() => Boolean(new X509Certificate(block)), false)) ?? false;
}

/** The environment without the variables that Node or OpenSSL obey. */
export function cleanEnvironment(env: NodeJS.ProcessEnv, platform = process.platform): NodeJS.ProcessEnv {
  const disturbing = new Set(disturbingVariables(env, platform));
  const stays = (name: string) =>
    !disturbing.has(name) && !["NODE_OPTIONS", "NODE_PATH"].includes(canonicalName(name, platform));
  return Object.fromEntries(Object.entries(env).filter(([name]) => stays(name)));
}

/** Holds, as JSON, the removed variables that the command of `exec` gets back. */
const HELD_BACK = "_SSO_CRED_HELD_BACK";

/** The clean environment, with the removed variables set aside for `withHeldBackVariables`. */
export function cleanEnvironmentForExec(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = cleanEnvironment(env);
  const heldBack = Object.entries(env).filter(([name]) => !(name in clean));
  return { ...clean, [HELD_BACK]: JSON.stringify(Object.fromEntries(heldBack)) };
}

/** The environment as the caller gave it. */
export function withHeldBackVariables(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const { [HELD_BACK]: heldBack = "{}", ...others } = env;
  return attempt(() => ({ ...others, ...JSON.parse(heldBack) }), others);
}

/** The caller's credentials and choices, which a worker does not need. */
const AWS_KEYS =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|PROFILE|DEFAULT_PROFILE|CONTAINER_AUTHORIZATION_TOKEN|BEARER_TOKEN_[A-Z]+)$/i;

/**
 * The folder and the environment of a worker. The worker leaves the caller's folder `cwd`, so that
 * it can be removed or unmounted; relative paths in the environment are therefore made absolute, or
 * dropped if `cwd` is undefined (a removed folder). On Windows, where each drive has a root, the
 * worker runs in the home folder.
 */
export function workerEnvironment({ env, platform }: Environment, cwd: string | undefined) {
  const { isAbsolute, resolve } = platform === "win32" ? win32 : posix;
  const fromRoot = (path: string) =>
    cwd !== undefined ? resolve(cwd, path) : isAbsolute(path) ? path : undefined;
  const clean = cleanEnvironment(env, platform);
  const kept = Object.fromEntries(Object.entries(clean).filter(([name]) => !AWS_KEYS.test(name)));
  const paths = ["SSO_CRED_TRACE", "NODE_EXTRA_CA_CERTS", platform === "win32" ? "USERPROFILE" : "HOME"];
  const absolute = Object.fromEntries(
    Object.entries(kept).map(([name, value]) => {
      const isPath = value && paths.includes(canonicalName(name, platform));
      return [name, isPath ? fromRoot(value) : value];
    }),
  );
  if (platform !== "win32") return { cwd: "/", env: absolute };
  const home = fromRoot(homeDirectory({ env, platform }));
  return { cwd: home, env: { ...absolute, USERPROFILE: home } };
}
