/**
 * Variables that Node, V8, libuv or OpenSSL obey, in the packed executable too (nodejs.org/docs/latest-v22.x/api/cli.html,
 * "Environment variables"; OpenSSL openssl-env(7)). NODE_EXTRA_CA_CERTS is documented and stays.
 */
const OBEYED =
  /^(NODE_(?!EXTRA_CA_CERTS$)[A-Z0-9_]+|OPENSSL_[A-Z0-9_]+|SSL_CERT_(DIR|FILE)|UV_[A-Z0-9_]+|QLOGDIR|SSLKEYLOGFILE)$/;

/** Matched by the pattern, but without effect on this executable (Jenkins sets two of them): not worth a restart. */
const HARMLESS = new Set([
  "NODE_ENV",
  "NODE_HOME",
  "NODE_LABELS",
  "NODE_NAME",
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_VERSION",
]);

/** The names of variables that would change how this program runs. */
export function disturbingVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => OBEYED.test(name) && !HARMLESS.has(name));
}

/** The environment without anything that Node or OpenSSL obey, for ourselves and for what we start. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const disturbing = new Set([...disturbingVariables(env), "NODE_OPTIONS", "NODE_PATH"]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !disturbing.has(name)));
}
