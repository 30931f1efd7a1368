import assert from "node:assert/strict";
import { sessionSection } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { until } from "../support/until.ts";
import type { Case } from "./case.ts";
import { profileOf, type Windows } from "./windows.ts";
import { registerBrowser } from "./windowsPrograms.ts";
import { ACCOUNT, MAIN_JOB, ROLE, SESSION, type World } from "./world.ts";

const config = (program: string) =>
  `[profile dev]\r\ncredential_process = ${program} ${MAIN_JOB.join(" ")}\r\nregion = eu-west-1\r\n${sessionSection(SESSION)}`;
const CONFIG = config("C:\\sso-cred.exe");

/** Runs a command line of ours by cmd, after which cmd may go on. */
function byCmd({ machine, home, env }: World<Windows>, line: string): Promise<RunResult> {
  const Path = "C:\\windows\\system32;C:\\Program Files\\sso-cred";
  return machine.startShell(home, line, { env: { ...env, Path } }).done;
}

/** What people run themselves at the prompt of cmd. */
export const windowsCommands: readonly Case<Windows>[] = [
  {
    title:
      "exec sets what the command needs, takes AWS_PROFILE away, runs in itself, and ends as the command",
    options: { config: CONFIG, env: { AWS_PROFILE: "other", aws_session_token: "outer" } },
    async act(world) {
      await world.signIn(3600);
      const exec = "sso-cred exec --profile dev --";
      const { code, stdout, stderr } = await byCmd(world, `${exec} ${exec} cmd /c set`);
      assert.deepEqual([code, stderr], [0, ""]);
      const set = new Map(stdout.split("\r\n").map((line) => line.split(/=(.*)/s) as [string, string]));
      assert.ok(world.center.state.roleKeys.has(set.get("AWS_ACCESS_KEY_ID") ?? ""));
      assert.deepEqual(
        ["AWS_REGION", "AWS_PROFILE", "aws_session_token"].map((name) => set.get(name)),
        ["eu-west-1", undefined, undefined],
      );
      assert.equal((await byCmd(world, `${exec} cmd /c exit 5`)).code, 5);
    },
  },
  {
    title:
      "exec runs a batch file, as npm installs them, by its name alone, and hands its arguments on whole",
    options: { config: CONFIG },
    async act(world) {
      await world.signIn(3600);
      await world.home.write("deploy.cmd", "@echo %1 %2 %AWS_REGION%\r\n@exit /b 4\r\n");
      const exec = (command: string) => byCmd(world, `sso-cred exec --profile dev -- ${command}`);
      for (const command of ['deploy.cmd now "a & b"', 'deploy now "a & b"']) {
        const { code, stdout, stderr } = await exec(command);
        assert.deepEqual([code, stdout, stderr], [4, '"now" "a & b" eu-west-1\r\n', ""]);
      }
      // Windows' cmd ends with 1, which gives 127; Wine's with 9009.
      const missing = await exec("no-such-command");
      assert.notEqual(missing.code, 0);
      assert.match(missing.stderr, /no-such-command/);
    },
  },
  {
    title: "exec --serve answers the command, which has no secret in its environment, and passes stdin on",
    options: { config: CONFIG },
    async act(world) {
      await world.signIn(3600);
      await world.home.write(
        "ask.mjs",
        `import { readFileSync } from "node:fs";
import { get } from "node:http";
const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = process.env;
const ask = (headers) => new Promise((resolve) => get(url, { headers, agent: false }, async (response) =>
  resolve([response.statusCode, (await response.toArray()).join("")])));
const [, body] = await ask({ authorization: token });
const [refused] = await ask({});
console.log(JSON.parse(body).AccessKeyId, refused, process.env.AWS_SECRET_ACCESS_KEY, readFileSync(0, "utf8"));`,
      );
      const command = `${world.machine.node} ask.mjs`;
      const { code, stdout, stderr } = await byCmd(
        world,
        `echo typed| sso-cred exec --profile dev --serve -- ${command}`,
      );
      assert.deepEqual([code, stderr], [0, ""]);
      const [, key = "", rest = ""] = /^(\w+) (.*)\r?\n/.exec(stdout) ?? [];
      assert.ok(world.center.state.roleKeys.has(key));
      assert.equal(rest.trim(), "403 undefined typed");
    },
  },
  {
    title: "env prints lines that cmd reads",
    options: { config: CONFIG, env: { AWS_PROFILE: "other", PROMPT: "$P$G" } },
    async act(world) {
      await world.signIn(3600);
      // Wine's cmd does not run a line that `for /f` has read.
      const line = "sso-cred env --profile dev > lines.cmd & call lines.cmd & set AWS_";
      const { stdout, stderr } = await byCmd(world, line);
      assert.equal(stderr, "");
      const [, key = ""] = /^AWS_ACCESS_KEY_ID=(.*?)\r?$/m.exec(stdout) ?? [];
      const credentials = world.center.state.roleKeys.get(key);
      assert.ok(stdout.includes(`AWS_SECRET_ACCESS_KEY=${credentials?.secretAccessKey}\r\n`));
      assert.ok(stdout.includes(`AWS_SESSION_TOKEN=${credentials?.sessionToken}\r\n`));
      assert.match(stdout, /^AWS_REGION=eu-west-1\r$/m);
      assert.doesNotMatch(stdout, /^AWS_PROFILE=/m);
    },
  },
  {
    title: "console opens the whole link, with its ampersands, in the registered browser",
    options: { config: CONFIG },
    async act(world) {
      const visits = await registerBrowser(world, false);
      const link = `https://d-1234567890.awsapps.com/start/#/console?account_id=${ACCOUNT}&role_name=${ROLE}`;
      const print = await byCmd(world, "sso-cred console --profile dev --print");
      assert.deepEqual([print.code, print.stdout, print.stderr], [0, `${link}\n`, ""]);
      const { machine, home, env } = world;
      const options = { env: { ...env, BROWSER: undefined } };
      const opened = await machine.start(home, machine.executable, ["console", "--profile", "dev"], options)
        .done;
      assert.deepEqual([opened.code, opened.stdout], [0, ""]);
      await until("the browser is open", () => visits().length > 0);
      assert.deepEqual(visits(), [link]);
    },
  },
  {
    title: "doctor names a stale path and the command that mends it, which cmd runs",
    options: { config: CONFIG },
    async act(world) {
      const doctor = async (): Promise<{ id: string; run?: string; where: string }[]> => {
        const { stdout, stderr } = await byCmd(world, "sso-cred doctor --offline --json");
        assert.equal(stderr, "");
        return JSON.parse(stdout).filter(({ id }: { id: string }) => id.startsWith("command-"));
      };
      for (const [program, id] of [
        ["C:\\sso-cred.exe", "command-missing"],
        ["sso-cred", "command-relative"],
      ] as const) {
        await world.home.write(".aws/config", config(program));
        const [finding, ...more] = await doctor();
        assert.deepEqual(
          [finding?.id, finding?.where, more],
          [id, `${profileOf(world.home)}\\.aws\\config:2`, []],
        );
        assert.equal((await byCmd(world, `call ${finding?.run}`)).code, 0);
        assert.deepEqual(await doctor(), []);
      }
      await world.home.write("tools/sso-cred.cmd", "@echo off\r\n");
      await world.home.write(".aws/config", config(`${profileOf(world.home)}\\tools\\sso-cred.cmd`));
      assert.deepEqual(await doctor(), []);
    },
  },
];
