import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hasFront, PROGRAM } from "../support/builtExecutable.ts";
import { hits, nearHits, setUp } from "../support/frontCases.ts";
import { EDGES, type FrontCase } from "../support/frontChanges.ts";
import { call, loneFront, sanitizedFront } from "../support/fronts.ts";
import { fc, runs } from "../support/fuzzing.ts";

const HANDED_ON =
  /^sso-cred: the front \S+ cannot run the program \/.+\/libexec\/sso-cred\/sso-cred, which is missing\n$/;
/** A hit needs credentials that live at least this long. */
const FRESH_MS = 900_000;
/** The file has whole seconds. */
const ROUNDED_MS = 1_000;
/** Each case starts one or two processes. */
const LIMIT_MS = 40_000;

const scratch = mkdtempSync(join(tmpdir(), "sso-cred-cases-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let homes = 0;

/** Sets the case up in a home of its own, which is removed afterwards. */
function inHome<T>(one: FrontCase, use: (options: { env: Record<string, string>; cwd: string }) => T): T {
  const cwd = join(scratch, String(homes++));
  mkdirSync(cwd);
  try {
    setUp(one, cwd);
    return use({ env: { HOME: cwd, ...one.env }, cwd });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** A hit with every field that the front knows, once with each of the changes. */
function edgeCases(): FrontCase[] {
  const whole = hits.filter(({ content }) => /"AccountId".*"SsoCred".*"endpoint"/.test(content));
  const [hit] = fc.sample(whole, { numRuns: 1, seed: 1 }) as [FrontCase];
  return EDGES.map((edge) => edge(hit));
}

describe.skipIf(!hasFront)("the front, with no program beside it (needs a C compiler),", () => {
  const front = hasFront ? loneFront() : undefined;
  afterAll(() => front?.remove());
  const file = front?.file ?? "";

  /**
   * True if the front answers the case itself. Its output must be exactly the program's, or only
   * the message that it cannot hand on.
   */
  function agrees(one: FrontCase, executable: string, more: Record<string, string> = {}): boolean {
    return inHome(one, (options) => {
      const freshUntil = one.expiresAt - FRESH_MS;
      const startedAt = Date.now();
      const { status, stdout, stderr } = call(executable, one.args, {
        ...options,
        env: { ...options.env, ...more },
      });
      if (status === 0) {
        expect(stderr).toBe("");
        if (freshUntil < startedAt - ROUNDED_MS) throw new Error("answered although too little time is left");
        const program = call(PROGRAM, one.args, options);
        // The credentials may have aged out between the two calls.
        const isOnTheEdge = freshUntil <= Date.now() + ROUNDED_MS;
        if (!isOnTheEdge)
          expect({ status: program.status, stdout: program.stdout, stderr: program.stderr }).toEqual({
            status,
            stdout,
            stderr,
          });
        return true;
      }
      expect({ status, stdout, stderr }).toEqual({
        status: 3,
        stdout: "",
        stderr: expect.stringMatching(HANDED_ON),
      });
      return false;
    });
  }

  test("answers by itself what init and the AWS CLI write, with the program's bytes", () => {
    fc.assert(
      fc.property(hits, (hit) => {
        expect(agrees(hit, file)).toBe(true);
      }),
      runs(60, LIMIT_MS),
    );
  });

  test("never answers anything that the program would not answer with the same bytes", () => {
    let answered = 0;
    let tried = 0;
    fc.assert(
      fc.property(nearHits, (one) => {
        tried++;
        if (agrees(one, file)) answered++;
      }),
      runs(400, LIMIT_MS),
    );
    // Both outcomes occur often.
    expect(answered).toBeGreaterThan(tried / 20);
    expect(answered).toBeLessThan(tried / 2);
  });

  test("agrees with the program at each limit of its rules", () => {
    const answered = edgeCases().filter((one) => agrees(one, file)).length;
    expect(answered).toBeGreaterThan(EDGES.length / 10);
  });

  test("does the same under AddressSanitizer and UBSan", async (context) => {
    const sanitized = await sanitizedFront();
    if (typeof sanitized === "string") return context.skip(sanitized);
    try {
      const options = { ASAN_OPTIONS: "detect_leaks=0" };
      fc.assert(
        fc.property(fc.oneof(hits, nearHits), (one) => {
          agrees(one, sanitized.file, options);
        }),
        runs(120, LIMIT_MS),
      );
      for (const one of edgeCases()) agrees(one, sanitized.file, options);
    } finally {
      sanitized.remove();
    }
  });
});
