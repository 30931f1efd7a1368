import { SsoCredError } from "../errors.ts";
import { waitBudgetSeconds } from "../hit/waitBudget.ts";
import type { Environment } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import type { Config } from "./configFile.ts";

/** For GUI programs, which don't see the shell's environment. */
const VARIABLES = [
  {
    key: "sso_cred_wait",
    variable: "SSO_CRED_WAIT",
    takes: "it takes seconds, 0 to 3600",
    isValid: (value: string) => !Number.isNaN(waitBudgetSeconds({ SSO_CRED_WAIT: value })),
  },
  {
    key: "sso_cred_cache",
    variable: "SSO_CRED_CACHE",
    takes: "use on or off",
    isValid: (value: string) => value === "on" || value === "off",
  },
] as const;

/**
 * Returns the system with the variables that the session's section sets. The environment wins.
 * Cache hits ignore these keys, as they don't read the config.
 *
 * @throws SsoCredError("config") for an invalid value.
 */
export function withSessionVariables<S extends Environment>(
  config: Config,
  name: string | null,
  system: S,
): S {
  const keys = name === null ? undefined : config.session(name);
  const set = VARIABLES.flatMap(({ key, variable, takes, isValid }) => {
    const value = keys?.get(key);
    if (!value || system.env[variable]) return [];
    if (isValid(value)) return [[variable, value]];
    const where = `${config.path}: [sso-session ${printable(name ?? "")}]`;
    throw new SsoCredError("config", `${where}: ${key} is ${printable(value)}; ${takes}`);
  });
  if (set.length === 0) return system;
  const env = { ...system.env, ...Object.fromEntries(set) };
  return Object.create(system, { env: { value: env, enumerable: true } });
}
