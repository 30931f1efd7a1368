// npm run demo [-- --browser] [-- --sdk] [-- --record FILE]
import { writeFileSync } from "node:fs";
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { openPage, seconds, wantsColour } from "./demo/page.ts";
import { recordFirstRun } from "./demo/recording.ts";
import { recordingSvg } from "./demo/recordingSvg.ts";
import { openStage } from "./demo/stage.ts";
import { storySteps } from "./demo/steps.ts";
import { tellStory } from "./demo/story.ts";

const { values } = parseArgs({
  options: {
    /** The person's own browser, on the emulator's consent page. */
    browser: { type: "boolean", default: false },
    /** Use the AWS SDK for JavaScript even if an AWS CLI is installed. */
    sdk: { type: "boolean", default: false },
    /** Writes the first run as a picture that moves, and nothing else: docs/first-run.svg. */
    record: { type: "string" },
  },
});

const page = openPage((text) => process.stdout.write(text), wantsColour(process.stdout, process.env));
const executable = await buildExecutable({ say: (line) => page.line(`build: ${line}`) });
const stage = await openStage({ executable, ownBrowser: values.browser });
let exitCode = 1;
try {
  exitCode = await Promise.race([
    values.record === undefined ? show() : record(values.record),
    interruption(values.browser ? 15 : 5),
  ]);
} finally {
  await stage.close();
  // The process must end here: an interrupted step may still have work to do.
  process.exit(exitCode);
}

async function show(): Promise<number> {
  const startedAt = performance.now();
  page.blank();
  page.title("sso-cred, from nothing to the logout");
  page.line(`executable: ${executable}`);
  page.line(`Identity Center: ${stage.center.url}, an emulator; nothing leaves this machine`);
  page.line(`home: ${stage.home.path}, empty, and removed at the end`);
  const all = await tellStory(storySteps(values), stage, page);
  page.blank();
  if (all) page.title(`Every step happened, in ${seconds(performance.now() - startedAt)}.`);
  else page.bad("A step did not happen; the demo ends here.");
  return all ? 0 : 1;
}

async function record(file: string): Promise<number> {
  writeFileSync(file, recordingSvg(await recordFirstRun(stage), "sso-cred: from nothing to the first call"));
  page.line(`recorded in ${file}`);
  return 0;
}

/** The exit code if the demo is interrupted or takes too long. */
function interruption(minutes: number): Promise<number> {
  return new Promise((resolve) => {
    const end = (why: string, code: number) => {
      page.bad(why);
      page.mute();
      resolve(code);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => end(`ended by ${signal}`, 128 + constants.signals[signal]));
    }
    setTimeout(() => end(`FAILED: not finished within ${minutes} minutes`, 1), minutes * 60_000);
  });
}
