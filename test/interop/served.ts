import type { Report } from "../stress/report.ts";
import { REGION, ROLE } from "../stress/stage.ts";
import type { Program } from "./installation.ts";
import { expectRole, openWorld } from "./world.ts";

const TIMES = 3;
/**
 * Seconds that role credentials are valid. With one less they would not be served: the program uses
 * credentials with a minute left.
 */
const LIFE_SECONDS = 64;
const PAUSE_SECONDS = LIFE_SECONDS + 2;

interface ServedClient {
  program: Program;
  /** The probe's arguments for the default chain; absent for an AWS CLI, started each time. */
  args?: readonly string[];
}

/** A long job under `exec --serve`: calls STS, again whenever the last credentials have expired. */
export async function servedRow({ program, args }: ServedClient, report: Report): Promise<void> {
  await report.row(`${program.name}: over two ends of its credentials`, async (expect) => {
    const world = await openWorld({ center: { roleCredentialSeconds: LIFE_SECONDS } });
    try {
      await world.signIn(3600);
      const command = args ? [...program.command, ...args] : timesInShell(program, world.center.urls.sts);
      const env = {
        ...program.env,
        PATH: process.env.PATH,
        PROBE_TIMES: `${TIMES}`,
        PROBE_PAUSE_SECONDS: `${PAUSE_SECONDS}`,
      };
      const exec = ["exec", "--profile", "dev", "--serve", "--", ...command];
      const result = await world.start(exec, { env, deadlineMs: 280_000 }).done;
      expectRole(expect, result);
      const answers = result.stdout.match(new RegExp(`AWSReservedSSO_${ROLE}_`, "g")) ?? [];
      expect(answers.length === TIMES, `${answers.length} answers`);
      const keys = new Set(world.center.requests.flatMap(({ service, headers }) => signer(service, headers)));
      expect(keys.size === TIMES, `${keys.size} access keys`);
      expect(world.browser.opened().length === 0, "a tab was opened");
      return { detail: `${keys.size} access keys` };
    } finally {
      await world.close();
    }
  });
}

function signer(service: string, { authorization = "" }: Record<string, string>): string[] {
  return service === "sts" ? [/Credential=(\w+)\//.exec(authorization)?.[1] ?? "none"] : [];
}

function timesInShell({ command }: Program, sts: string): string[] {
  const script = `for n in $(seq ${TIMES}); do [ $n = 1 ] || sleep ${PAUSE_SECONDS}; "$@" || exit; done`;
  const words = ["sts", "get-caller-identity", "--output", "json", "--endpoint-url", sts, "--region", REGION];
  return ["sh", "-c", script, "sh", ...command, ...words];
}
