import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { pinnedNode } from "../../scripts/toolchain.mjs";
import { unpackDebian } from "./debian.ts";
import { FOLDER, type Found, installFromNpm, PROBES, run } from "./installation.ts";
import type { World } from "./world.ts";

const CDK_VERSION = "2.1148.1";

/** A finished app of one stack, so that the CDK needs no library. */
const CDK_APP = {
  "manifest.json": {
    version: "36.0.0",
    artifacts: {
      dev: {
        type: "aws:cloudformation:stack",
        environment: "aws://unknown-account/unknown-region",
        properties: { templateFile: "dev.json" },
      },
    },
  },
  "dev.json": { Description: "new", Resources: {} },
};

/** The command line of the AWS CDK, from npm. */
export function cdk(): Found {
  const name = `AWS CDK ${CDK_VERSION}`;
  const folder = `${FOLDER}/cdk-${CDK_VERSION}`;
  const program = `${folder}/node_modules/aws-cdk/bin/cdk`;
  const missing = installFromNpm(folder, `aws-cdk@${CDK_VERSION}`);
  if (missing) return { name, missing };
  mkdirSync(`${folder}/app`, { recursive: true });
  for (const [file, content] of Object.entries(CDK_APP))
    writeFileSync(`${folder}/app/${file}`, JSON.stringify(content));
  const env = { CDK_DISABLE_CLI_TELEMETRY: "true", CDK_DISABLE_VERSION_CHECK: "true" };
  return { name, command: [pinnedNode(), program, "--app", `${folder}/app`, "--no-notices"], env };
}

/** The difference to the deployed stack, whose description names the caller; `--ci`: on stdout. */
export function cdkArgs(profile: string): string[] {
  return ["diff", "--ci", "--method=template", "--profile", profile];
}

/** The installed rclone, else the one of Debian's unstable release. */
export function rclone(): Found {
  const [installed] = (process.env.PATH ?? "").split(":").filter((folder) => existsSync(`${folder}/rclone`));
  const tree = installed ? undefined : unpackDebian("rclone", "sid");
  if (tree && "missing" in tree) return { name: "rclone", missing: `none in PATH, and ${tree.missing}` };
  const command = tree ? tree.run("usr/bin/rclone") : [`${installed}/rclone`];
  const { stdout, stderr } = run(command[0] ?? "", [...command.slice(1), "version"]);
  const [, version] = /^rclone v(\S+)/.exec(stdout) ?? [];
  return version
    ? { name: `rclone ${version}`, command }
    : { name: "rclone", missing: `it does not start here: ${stderr.slice(0, 120)}` };
}

/** Lists a bucket that holds an object under the caller's name. */
export function rcloneArgs(profile: string): string[] {
  return [
    "lsf",
    "--recursive",
    "--low-level-retries=1",
    "--retries=1",
    `:s3,provider=AWS,env_auth,profile=${profile}:dev-logs`,
  ];
}

/** OpenTofu or Terraform, where it is installed. */
export function terraform(program: "tofu" | "terraform"): Found {
  const { status, stdout } = run(program, ["version"]);
  const [name = program] = /^(?:OpenTofu|Terraform) v\S+/m.exec(stdout) ?? [];
  return status === 0
    ? { name, command: ["sh", "-c", outputFromState(program), "sh"] }
    : { name: program, missing: "it is not in PATH, and no registry of packages has it" };
}

/** Its state lies in S3, and has an output that names the caller. */
const outputFromState = (program: string) =>
  `export TF_DATA_DIR="$1/terraform" TF_IN_AUTOMATION=1
${program} -chdir='${PROBES}/terraform' init -input=false -backend-config="profile=$2" >&2 &&
${program} -chdir='${PROBES}/terraform' output -raw caller`;

export function terraformArgs(profile: string, world: World): string[] {
  return [world.home.path, profile];
}
