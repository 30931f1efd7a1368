import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readmeConfig } from "../../scripts/demo/readmeConfig.ts";
import type { Expect, Report } from "../stress/report.ts";
import { BINARY } from "../support/run.ts";
import { isAtLeast } from "./awsCli.ts";
import { SSM_SESSION } from "./awsServices.ts";
import type { Program } from "./installation.ts";
import { expectRole, rowsOf, type World, whoAmI } from "./world.ts";

const PROFILE = "my-dev-profile";
const TARGET = "i-0123456789abcdef0";

/** Stands in for the plugin that speaks to the instance: keeps what it is handed. */
const PLUGIN = `#!/bin/sh
case \${1:---version} in --version) echo 1.2.707.0; exit ;; esac
{ printf '%s\\0' "$@"; printf '%s' "$AWS_SSM_START_SESSION_RESPONSE"; } > "$HOME/plugin.handed"
echo "Starting session with SessionId: example"
`;

/** What the README promises on its first screen, command by command, from its own config. */
export async function story(aws: Program, report: Report): Promise<void> {
  await rowsOf(aws.name, report)("the story of the README", async (world, expect) => {
    await world.home.write(".aws/config", await readmeConfig(BINARY));
    await world.home.write("tools/session-manager-plugin", PLUGIN, 0o755);
    return await play(aws, world, expect);
  });
}

async function play(aws: Program, world: World, expect: Expect): Promise<string> {
  const { services, center, browser, home } = world;
  const PATH = `${join(home.path, "tools")}:${process.env.PATH}`;
  // Older ones do not read the variables.
  const endpoint = isAtLeast(aws.name, 13) ? [] : ["--endpoint-url", services.url];
  const run = (...words: string[]) => world.client(aws, words, { PATH });
  const state = () => ({
    tabs: browser.opened().length,
    portal: center.count("/federation/credentials"),
    tokens: center.count("/token"),
  });

  const first = await run("s3", "ls", "--profile", PROFILE, ...endpoint);
  expect(first.code === 0 && / dev-logs$/m.test(first.stdout), `aws s3 ls: ${first.stderr || first.stdout}`);
  const signedIn = JSON.stringify(state());
  expect(signedIn === '{"tabs":1,"portal":1,"tokens":1}', `after the first command: ${signedIn}`);

  const again = await run("s3", "ls", "--profile", PROFILE, ...endpoint);
  expect(again.code === 0 && again.stdout === first.stdout, `aws s3 ls again: ${again.stderr}`);
  expectRole(expect, await world.client(aws, whoAmI(center, PROFILE)));

  const start = ["ssm", "start-session", "--profile", PROFILE, "--target", TARGET];
  await expectSession({ Target: TARGET }, start);
  const parameters = { portNumber: ["3389"], localPortNumber: ["56789"] };
  const DocumentName = "AWS-StartPortForwardingSession";
  const forward = ["--document-name", DocumentName, "--parameters", "portNumber=3389,localPortNumber=56789"];
  await expectSession({ Target: TARGET, DocumentName, Parameters: parameters }, [...start, ...forward]);

  expect(JSON.stringify(state()) === signedIn, `after all commands: ${JSON.stringify(state())}`);
  const keys = new Set(services.requests.map(({ accessKeyId }) => accessKeyId));
  expect(keys.size === 1, `${keys.size} access keys`);
  const asked = services.requests.map(({ what }) => what).join(", ");
  const expected = ["s3 GET /", "s3 GET /", "ssm AmazonSSM.StartSession", "ssm AmazonSSM.StartSession"].join(
    ", ",
  );
  expect(asked === expected, `requests: ${asked}`);
  return "5 commands, 1 sign-in, 1 portal call";

  /** The plugin's arguments are those of the AWS CLI's own documentation of it. */
  async function expectSession(request: Record<string, unknown>, words: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await run(...words, ...endpoint);
    const said = /^Starting session/m.test(stdout);
    expect(code === 0 && said, `aws ${words.join(" ")}: exit ${code}: ${stderr || stdout}`);
    const file = join(home.path, "plugin.handed");
    if (!existsSync(file)) return expect(false, "the plugin was not started");
    const [response = "", region, operation, profile, asked = "", url, inVariable = ""] = readFileSync(
      file,
      "utf8",
    ).split("\0");
    rmSync(file);
    // Older ones hand over the HTTP response as well.
    const { ResponseMetadata: _, ...session } = JSON.parse(response.startsWith("{") ? response : inVariable);
    const handed = { session, region, operation, profile, asked: JSON.parse(asked), url };
    const right = {
      session: SSM_SESSION,
      region: "eu-west-1",
      operation: "StartSession",
      profile: PROFILE,
      asked: request,
      url: services.url,
    };
    const [is, should] = [handed, right].map((words) => JSON.stringify(sorted(words)));
    expect(is === should, `the plugin was handed ${is}`);
  }
}

/** The same with its keys in order, as far down as they are compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
