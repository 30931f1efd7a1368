import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { VERSION } from "../../src/platform/version.ts";
import { MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { hasFront, PROGRAM } from "../support/builtExecutable.ts";
import { cached, front, home, run } from "../support/frontHome.ts";
import { placeExecutable, start } from "../support/run.ts";
import { programVersionLine, versionLine } from "../support/versionLine.ts";

describe.skipIf(!hasFront)("a front and a program of different versions (needs a C compiler)", () => {
  test("work together, and --version, trace, status and doctor name both", async () => {
    await cached();
    const other = VERSION.replace(/\d/g, "9");
    const bytes = readFileSync(front.file, "latin1").replaceAll(
      `the front ${VERSION} `,
      `the front ${other} `,
    );
    mkdirSync(join(front.folder, "bin"));
    const file = join(front.folder, "bin/sso-cred");
    writeFileSync(file, bytes, { encoding: "latin1", mode: 0o755 });
    const program = join(front.folder, "libexec/sso-cred/sso-cred");
    mkdirSync(dirname(program), { recursive: true });
    spawnSync("ln", [PROGRAM, program]).status === 0 || spawnSync("cp", [PROGRAM, program]);

    expect(run(["--version"], {}, file).stdout).toBe(versionLine(other));
    const traced = run(MAIN_JOB, { SSO_CRED_TRACE: join(home.path, "trace") }, file);
    expect(traced).toMatchObject({ status: 0, stdout: run(MAIN_JOB, {}, file).stdout });
    expect(await home.read("trace")).toMatch(new RegExp(` begin version=${VERSION} front=${other} `));
    expect(run(["status"], {}, file).stdout).toContain(
      `native front: ${file} is ${other}, the program ${VERSION}\n`,
    );

    const findings: Finding[] = JSON.parse(run(["doctor", "--offline", "--json"], {}, file).stdout);
    const ofFront = findings.filter(({ id }) => id.startsWith("front"));
    expect(ofFront.map(({ id, severity, found }) => ({ id, severity, found }))).toEqual([
      {
        id: "front-version",
        severity: "warning",
        found: `the native front ${file} is version ${other}, and its program ${VERSION}`,
      },
      { id: "front", severity: "note", found: `the native front is ${file}` },
    ]);

    // The program, called by its own path, finds the front and writes the front's path.
    expect(run(["--version"], {}, program).stdout).toBe(programVersionLine());
    expect(run(["status"], {}, program).stdout).toContain(`native front: not in use, it is ${file}\n`);
  });

  test("the program called by its own path writes the front's into the config", async () => {
    const world = await signedInWorld();
    const file = placeExecutable(join(front.folder, "apps"));
    const args = ["init", "corp", "--account-id", "123456789011", "--role-name", "Admin", "--yes"];
    const { code, stderr } = await start(`${file}-core`, args, world.options).done;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await world.home.read(".aws/config")).toContain(`credential_process = ${file} corp `);
  });
});
