import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { KEYS, startOnTerminal } from "../../test/support/pty.ts";
import { awsClient } from "./awsClient.ts";
import type { Frame } from "./recordingSvg.ts";
import { type Stage, searchPath } from "./stage.ts";

const { enter } = KEYS;
const PROFILE = "my-dev-profile";
const SIZE = { columns: 80, rows: 24 };
const LOOK_MS = 60;
const KEY_MS = 45;
/** Time for a reader to take in a question. */
const READ_MS = 700;

/**
 * Records a first run in a shell: `sso-cred init`, its questions and, where there is an AWS CLI,
 * the first call.
 */
export async function recordFirstRun(stage: Stage): Promise<Frame[]> {
  const aws = await awsClient(stage, PROFILE, { sdk: false });
  const hasAws = aws.name.startsWith("aws-cli/");
  const tools = join(stage.home.path, "tools");
  mkdirSync(tools);
  symlinkSync(stage.executable, join(tools, "sso-cred"));
  const PATH = [tools, ...(hasAws ? [dirname(aws.file)] : []), searchPath(process.env)].join(":");
  const shell = startOnTerminal("/bin/sh", ["-i"], {
    home: stage.home,
    env: {
      ...stage.env,
      PATH,
      PS1: "$ ",
      AWS_ENDPOINT_URL_STS: stage.center.urls.sts,
      SSO_CRED_LOGIN: "browser",
    },
    ...SIZE,
  });
  const frames: Frame[] = [];
  const startedAt = performance.now();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const lines = (await shell.window()).replaceAll(stage.home.path, "~").split("\n");
      if (frames.at(-1)?.lines.join("\n") !== lines.join("\n"))
        frames.push({ atMs: performance.now() - startedAt, lines });
      await pause(LOOK_MS);
    }
  })();

  async function answer(question: string | RegExp, typed: string): Promise<void> {
    await shell.waitFor(question, stage.signInMs);
    await pause(READ_MS);
    for (const key of typed) {
      shell.type(key);
      await pause(KEY_MS);
    }
    await pause(READ_MS / 2);
    shell.type(enter);
  }
  await answer(/^\$/, "sso-cred init");
  await answer("SSO session name", "my-sso");
  await answer("SSO start URL [None]:", "d-1234567890");
  await answer("SSO region [None]:", "eu-west-1");
  await answer("SSO registration scopes", "");
  await answer("There are 2 AWS accounts", "dev");
  await answer("There are 2 roles", "read");
  await answer("Default client Region", "");
  await answer("CLI default output format", "");
  await answer("Profile name", PROFILE);
  if (hasAws) {
    await answer(/as shown:[\s\S]*\n\$$/, `aws sts get-caller-identity --profile ${PROFILE}`);
    await shell.waitFor(/"Arn"[\s\S]*\n\$$/, stage.signInMs);
  } else await shell.waitFor(/as shown:[\s\S]*\n\$$/);
  await pause(READ_MS);
  isOver = true;
  await watching;
  shell.kill();
  return frames;
}
