import { posix, win32 } from "node:path";
import { homeDirectory } from "../hit/paths.ts";
import { cleanEnvironment } from "./environment.ts";
import type { Environment } from "./system.ts";

/** The caller's credentials and choices, which a worker has no use for. */
const AWS_KEYS =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|PROFILE|DEFAULT_PROFILE|CONTAINER_AUTHORIZATION_TOKEN|BEARER_TOKEN_[A-Z]+)$/i;

/**
 * The folder and the environment of a worker. The worker leaves the caller's folder `cwd`, so that
 * it can be removed or unmounted; relative paths in the environment are therefore made absolute, or
 * dropped if `cwd` is undefined (a removed folder). On Windows, where each drive has a root, the
 * worker runs in the home folder.
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
  const home = fromRoot(homeDirectory({ env, platform }));
  return { cwd: home, env: { ...absolute, USERPROFILE: home } };
}
