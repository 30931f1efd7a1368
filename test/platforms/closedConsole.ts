// Runs under Wine, on Node for Windows: work during which its console is closed. Node reports that
// as SIGHUP.
import { realSystem } from "../../src/platform/realSystem.ts";

await realSystem().uninterrupted(async () => {
  process.emit("SIGHUP", "SIGHUP");
  console.log("the work is done");
});
console.log("and goes on");
