import { SsoCredError } from "../errors.ts";
import { waitBudgetSeconds } from "../hit/waitBudget.ts";
import { withVariables } from "../platform/environment.ts";
import type { Environment } from "../platform/system.ts";
import { printable, printableWithHidden } from "../text/printable.ts";
import type { Config } from "./configFile.ts";

/** Variables for GUI programs, which don't see the shell's environment. */
const VARIABLES = [
  { key: "sso_cred_wait", takes: "use 0 to 3600 seconds", isValid: isWait },
  { key: "sso_cred_cache", takes: "use on or off", isValid: (value: string) => /^(?:on|off)$/.test(value) },
];

function isWait(value: string): boolean {
  return !Number.isNaN(waitBudgetSeconds({ SSO_CRED_WAIT: value }));
}

/**
 * Returns the system with the variables that the session's section sets. The environment wins.
 * Cache hits ignore these keys, as they don't read the config.
 * @throws SsoCredError("config") for an invalid value.
 */
export function withSessionVariables<S extends Environment>(config: Config, name: string | null, system: S) {
  const keys = name === null ? undefined : config.session(name);
  const set = VARIABLES.flatMap(({ key, takes, isValid }) => {
    const value = keys?.get(key);
    const variable = key.toUpperCase();
    if (!value || system.env[variable]) return [];
    if (isValid(value)) return [[variable, value]];
    const where = `${config.path}: [sso-session ${printable(name ?? "")}]`;
    throw new SsoCredError("config", `${where}: ${key} is ${printableWithHidden(value)}; ${takes}`);
  });
  return set.length === 0 ? system : withVariables(system, Object.fromEntries(set));
}
