import { rmSync } from "node:fs";
import { join } from "node:path";
import { binaryWorld } from "./binaryWorld.ts";
import { PROGRAM } from "./builtExecutable.ts";
import { sessionSection } from "./home.ts";
import { processesOf } from "./processes.ts";
import { BINARY, type RunResult, runShell, startShell } from "./run.ts";
import { canTrace, logSystemCalls } from "./systemCalls.ts";
import { temporaryFolder } from "./temporary.ts";

export type SecuredLife = Awaited<ReturnType<typeof securedLife>>;

/** A world without ~/.aws, whose caller has umask 0 and writes a trace. */
export async function securedLife(login: "browser" | "device") {
  const world = await binaryWorld({ config: "" });
  const home = world.home.path;
  const [temporary, current, logs] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  rmSync(join(home, ".aws"), { recursive: true });
  const env = {
    ...world.options.env,
    TMPDIR: temporary,
    SSO_CRED_LOGIN: login,
    SSO_CRED_TRACE: join(home, "trace.log"),
    AWS_CONFIG_FILE: await world.home.write("elsewhere/config", sessionSection("corp")),
  };
  const systemCalls = canTrace ? logSystemCalls(logs) : undefined;
  const messages: string[] = [];
  const options = { home: world.home, cwd: current, env };
  const lineOf = (args: readonly string[]) =>
    `umask 000; ${systemCalls?.watched ?? ""} "$SSO_CRED" ${args.map((word) => `'${word}'`).join(" ")}`;
  const keep = (args: readonly string[], { stdout, stderr }: RunResult) =>
    messages.push(stderr, args[0] === "corp" ? "" : stdout);
  return {
    ...world,
    options,
    /** Every folder that the program is told of. */
    places: { home, temporary, current },
    /** The output for people: stderr, and stdout except the main job's. */
    messages,
    /** Undefined without strace. */
    systemCalls,
    /** Runs the command line to its end. */
    async call(...args: string[]) {
      const result = await runShell(lineOf(args), options);
      keep(args, result);
      return result;
    },
    /** Starts the command line, and kills all its processes once `isTime` resolves. */
    async killed(args: readonly string[], isTime: () => Promise<unknown>, more?: Record<string, string>) {
      const running = startShell(lineOf(args), { ...options, env: { ...env, ...more } });
      await isTime();
      // The caller first, or it would start another worker. Each strace ends with what it traces.
      const ours = processesOf(home).filter(({ commandLine }) =>
        [BINARY, PROGRAM].some((file) => commandLine.startsWith(`${file} `)),
      );
      for (const { pid } of ours.sort((a, b) => a.pid - b.pid)) process.kill(pid, "SIGKILL");
      keep(args, await running.done);
    },
  };
}
