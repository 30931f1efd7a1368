import { posix, win32 } from "node:path";
import { type Environment, homeDirectory } from "../hit/paths.ts";
import { cleanEnvironment } from "./environment.ts";

/** Of no use to a worker. */
const AWS_KEYS =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|PROFILE|DEFAULT_PROFILE)$/i;

/**
 * Where a worker that outlives its caller runs, and with which environment: it leaves the caller's folder `cwd`, so that this
 * can be removed or unmounted, and what the caller named from there is named from the root. On Windows, where each drive has a
 * root, it goes home: the files that it is about are there anyway. From an undefined `cwd`, which has been removed, nothing is named.
 */
export function workerEnvironment(
  { env, platform }: Environment,
  cwd: string | undefined,
): { cwd: string | undefined; env: NodeJS.ProcessEnv } {
  const { isAbsolute, resolve } = platform === "win32" ? win32 : posix;
  const fromRoot = (path: string) =>
    cwd !== undefined ? resolve(cwd, path) : isAbsolute(path) ? path : undefined;
  const clean = cleanEnvironment(env, platform);
  const kept = Object.fromEntries(Object.entries(clean).filter(([name]) => !AWS_KEYS.test(name)));
  const homeName = platform === "win32" ? "USERPROFILE" : "HOME";
  const named = ["SSO_CRED_TRACE", "NODE_EXTRA_CA_CERTS", homeName].flatMap((name) => {
    const path = kept[name];
    return path ? [[name, fromRoot(path)]] : [];
  });
  const absolute = { ...kept, ...Object.fromEntries(named) };
  if (platform !== "win32") return { cwd: "/", env: absolute };
  const home = fromRoot(homeDirectory(env, platform));
  return { cwd: home, env: { ...absolute, USERPROFILE: home } };
}
