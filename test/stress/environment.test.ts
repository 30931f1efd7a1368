import { tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { isFailureText, judge } from "./cases.ts";
import { brokenJson } from "./leftovers.ts";
import type { Expect, Figures } from "./report.ts";
import { duration } from "./report.ts";
import { isGoodOutput, MAIN_JOB, onStage, SESSION } from "./stage.ts";
import { defineSuite, type SuiteContext } from "./suite.ts";
import { wrongClocks } from "./wrongClock.ts";

/** No home, a wrong clock, outputs without a reader, too few descriptors. */
defineSuite({ name: "environment", title: "Hostile environment", run });

async function run({ report, short }: SuiteContext): Promise<void> {
  for (const [name, HOME] of [
    ["HOME is missing", undefined],
    ["HOME is empty", ""],
    ["HOME is nowhere", "/nonexistent/home"],
  ] as const) {
    // Without HOME, the system's record of the user counts, with a session that no config has.
    await report.row(name, (expect) =>
      onStage({}, async (stage) => {
        const result = await stage.call({ session: "no-such-session-7c1f", cwd: "/", env: { HOME } }).done;
        expect(stage.center.requests.length === 0, "requests were made");
        return judge(expect, stage, result, {
          exit: 3,
          says: /no-such-session-7c1f|cannot|not found|no file/,
        });
      }),
    );
  }
  await wrongClocks(report);
  await outputs(report, short);
  await report.row("few file descriptors", fewDescriptors);
}

/**
 * Shell scripts around `"$@"`, the program's command line. They print exit code and time (epoch ms)
 * to standard error.
 */
const OUTPUTS: Record<
  string,
  { script: string; exit: number; complete?: boolean; mostMs?: number; slow?: boolean }
> = {
  "stdout closed": { script: '"$@" >&-; echo "code=$? at=$(date +%s%3N)" >&2', exit: 0 },
  "stdout's reader is gone": {
    script: '{ sleep 0.3; "$@"; echo "code=$? at=$(date +%s%3N)" >&2; } | :',
    exit: 7,
  },
  "stderr closed too": { script: '"$@" >&- 2>&-; echo "code=$? at=$(date +%s%3N)" >&2', exit: 0 },
  "stdout is /dev/full": { script: '"$@" >/dev/full; echo "code=$? at=$(date +%s%3N)" >&2', exit: 7 },
  "a full pipe, read after 3 s": {
    script:
      '{ dd if=/dev/zero bs=65536 count=1 2>/dev/null | tr "\\0" " "; "$@"; echo "code=$? at=$(date +%s%3N)" >&2; } | { sleep 3; cat; }',
    exit: 0,
    complete: true,
  },
  "a full pipe that nobody ever reads": {
    script:
      '{ dd if=/dev/zero bs=65536 count=1 2>/dev/null; "$@"; echo "code=$? at=$(date +%s%3N)" >&2; } | sleep 60',
    exit: 7,
    mostMs: 56_000,
    slow: true,
  },
};

async function outputs(report: SuiteContext["report"], short: boolean): Promise<void> {
  const cases = Object.entries(OUTPUTS).filter(([, { slow }]) => !(short && slow));
  for (const hit of [true, false]) {
    for (const [name, { script, exit, complete, mostMs = 15_000, slow }] of cases) {
      if (slow && !hit) continue;
      await report.row(`${name}, ${hit ? "hit" : "miss"}`, (expect) =>
        onStage({}, async (stage) => {
          if (hit) await stage.cacheRole(7200);
          await stage.signIn(7200);
          const args = ["-c", script, "sh", BINARY, ...MAIN_JOB];
          const options = { home: stage.home, env: stage.env, deadlineMs: 90_000 };
          const begunAt = Date.now();
          const { stdout, stderr } = await start("/bin/sh", args, options).done;
          const [, code, endedAt] = /code=(\d+) at=(\d+)/.exec(stderr) ?? [];
          const ms = Number(endedAt) - begunAt;
          expect(code === String(exit), `exit ${code} instead of ${exit}: ${stderr.trim()}`);
          if (complete)
            expect(isGoodOutput(stdout.trim(), stage.center), `output ${stdout.trim().slice(0, 80)}`);
          expect(ms <= mostMs, `took ${duration(ms)}`);
          judge(expect, stage, await stage.call().done, 0);
          return { exit: code ?? "", time: duration(ms) };
        }),
      );
    }
  }
}

/** Lowers the limit until Node cannot start. No limit may give half an output or lose a token. */
async function fewDescriptors(expect: Expect): Promise<Figures> {
  const endings = new Map<string, number[]>();
  let lowest = 0;
  for (let limit = 40; limit >= 18; limit--) {
    const ended = await onStage({}, async (stage) => {
      await stage.signIn(-600);
      const args = ["-c", `ulimit -n ${limit} && exec "$@"`, "sh", BINARY, ...MAIN_JOB];
      const { code, signal, stdout, stderr, ms } = await start("/bin/sh", args, {
        home: stage.home,
        env: { ...stage.env, SSO_CRED_WAIT: "5" },
      }).done;
      // Node ends itself with a signal if it cannot create its own pipes. None of our code has run.
      const ours = signal === null && code !== 134 && code !== 139 && code !== 127;
      if (ours) {
        lowest = limit;
        const good = code === 0 ? isGoodOutput(stdout, stage.center) : stdout === "" && isFailureText(stderr);
        expect(good, `limit ${limit}: exit ${code}, ${JSON.stringify(stdout + stderr)}`);
        expect(code !== 1, `limit ${limit}: exit 1: ${stderr.trim()}`);
        expect(ms < 20_000, `limit ${limit}: took ${duration(ms)}`);
      } else expect(stdout === "", `limit ${limit}: ${stdout}`);
      expect(brokenJson(stage.home.path).length === 0, `limit ${limit}: broken files`);
      const spent = [...stage.center.state.refreshTokens.values()].some(({ usedAt }) => usedAt !== undefined);
      const next = await stage.call().done;
      expect(next.code === 0, `limit ${limit}, afterwards: ${next.stderr.trim()}`);
      const lost = stage.browser.opened().length;
      expect(lost === 0, `limit ${limit}: ${lost} tabs (spent: ${spent}), ${tokenPath(SESSION)}`);
      return { ending: ours ? `exit ${code}` : "Node does not start" };
    });
    const ending = String(ended.ending);
    endings.set(ending, [...(endings.get(ending) ?? []), limit]);
  }
  const figures = [...endings].map(
    ([ending, limits]) => `${Math.min(...limits)}–${Math.max(...limits)}: ${ending}`,
  );
  return { says: figures.join("; "), exit: `≥ ${lowest} needed` };
}
