import { printCachedCredentials } from "./hitPath.ts";

try {
  if (printCachedCredentials(process.argv.slice(2), process.env, process.platform)) process.exit(0);
} catch {
  // Only the write can fail here: nobody reads standard output any more.
  process.exit(7);
}
import("./cli.ts").then(({ runProcess }) => runProcess());
