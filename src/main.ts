import { printCachedCredentials } from "./hit/printCachedCredentials.ts";
import { outputFailure, writeFully } from "./hit/writeFully.ts";

try {
  if (printCachedCredentials(process.argv.slice(2), process)) process.exit(0);
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
 * Comes first, because NODE_DEBUG makes Node report even the loading of modules on stderr. Costs
 * nothing without such variables. Ignores case, as Windows does.
 */
async function startOver(): Promise<void> {
  const mayDisturb = (name: string) => /^(?:NODE|OPENSSL|SSL|UV|QLOG)/.test(name.toUpperCase());
  if (!Object.keys(process.env).some(mayDisturb)) return;
  const { reexecWithCleanEnv } = await import("./platform/reexecWithCleanEnv.ts");
  reexecWithCleanEnv();
}
