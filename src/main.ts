import { printCachedCredentials } from "./hit/printCachedCredentials.ts";
import { outputFailure, writeFully } from "./hit/writeFully.ts";

try {
  if (printCachedCredentials(process.argv.slice(2), process.env, process.platform)) process.exit(0);
} catch (error) {
  // Only the write can fail here.
  try {
    writeFully(2, `sso-cred: ${outputFailure(error)}\n`, 1_000);
  } finally {
    process.exit(7);
  }
}
startOver().then(() => import("./cli/cli.ts").then(({ runProcess }) => runProcess()));

/**
 * First of all: under NODE_DEBUG Node reports on stderr even what is loaded. Without such variables costs nothing. Windows
 * does not tell `node_debug` from it.
 */
async function startOver(): Promise<void> {
  if (!Object.keys(process.env).some((name) => /^(?:NODE|OPENSSL|SSL|UV|QLOG)/i.test(name))) return;
  const { reexecWithCleanEnv } = await import("./platform/reexecWithCleanEnv.ts");
  reexecWithCleanEnv();
}
