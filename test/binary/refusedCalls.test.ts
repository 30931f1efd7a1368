import { join } from "node:path";
import { expect, it } from "vitest";
import { binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { roleFile, rolePath, tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { canTrace } from "../support/systemCalls.ts";

/** The system calls that inspect, read, create or replace a file or folder of the home. */
const CALLS = "open,openat,stat,newfstatat,statx,readlink,mkdir,mkdirat,rename,renameat2,unlink,getdents64";
const TOKEN = tokenPath("corp");
const ROLE = rolePath("corp", "123456789011", "ReadOnly");
const PLACES = [".aws", ".aws/config", TOKEN, ".aws/sso/cache", ROLE, ".aws/cli/cache", ".aws/sso-cred"];
const COMMANDS = [MAIN_JOB, ["status"], ["logout", "corp"]];

it.skipIf(!canTrace).each(["EIO", "ESTALE", "ELOOP", "ENAMETOOLONG", "EROFS", "EDQUOT", "EMFILE", "EACCES"])(
  "%s from any file of the home (by strace) is never reported as a bug of ours",
  async (code) => {
    const world = await binaryWorld({ env: { CI: "1" } });
    const outcomes: string[] = [];
    for (const place of PLACES) {
      for (const args of COMMANDS) {
        await signedIn(world);
        await world.home.write(ROLE, roleFile(Date.now() - 1_000, "123456789011"));
        const where = ["-P", join(world.home.path, place), "-e", `trace=${CALLS}`];
        const strace = ["-f", "--seccomp-bpf", "-o", "/dev/null", ...where];
        const injected = [...strace, "-e", `inject=${CALLS}:error=${code}`, BINARY, ...args];
        const { code: exit, stderr } = await start("strace", injected, world.options).done;
        if (exit === 1 || exit === null || stderr.includes("Unknown system error")) {
          outcomes.push(`${args.join(" ")}, ${place}: exit ${exit}: ${stderr}`);
        }
      }
    }
    expect(outcomes).toEqual([]);
  },
);
