import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { attempt } from "../../src/platform/attempt.ts";
import { type Stage, searchPath } from "./stage.ts";

/** A program that asks STS for its identity, with the credentials of a profile. */
export interface AwsClient {
  name: string;
  file: string;
  args: readonly string[];
  /** The command line to show. */
  shown: string;
}

/** The installed AWS CLI, else AWS's SDK for JavaScript. */
export async function awsClient(
  stage: Stage,
  profile: string,
  { sdk }: { sdk: boolean },
): Promise<AwsClient> {
  const cli = sdk ? undefined : await installedCli(stage);
  if (!cli) {
    const program = fileURLToPath(new URL("sdkClient.ts", import.meta.url));
    return {
      name: "AWS SDK for JavaScript: fromProcess and client-sts",
      file: process.execPath,
      args: ["--no-warnings", program, profile, stage.center.urls.sts],
      shown: `node scripts/demo/sdkClient.ts ${profile} ${stage.center.urls.sts}`,
    };
  }
  const args = ["sts", "get-caller-identity", "--profile", profile, "--endpoint-url", stage.center.urls.sts];
  return { ...cli, args, shown: `aws ${args.join(" ")}` };
}

/** The first `aws` in PATH that runs in the stage's bare environment. */
async function installedCli(stage: Stage): Promise<{ name: string; file: string } | undefined> {
  for (const folder of searchPath(process.env).split(delimiter)) {
    const file = join(folder, "aws");
    if (!isExecutable(file)) continue;
    const { stdout, stderr } = await stage.run(file, ["--version"]).catch(() => ({ stdout: "", stderr: "" }));
    const version = /^aws-cli\/[12]\.\S+/m.exec(stdout || stderr)?.[0];
    if (version) return { name: version, file };
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  return attempt(() => accessSync(file, constants.X_OK) === undefined, false);
}
