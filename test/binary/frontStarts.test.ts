import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { pinnedNode } from "../../scripts/toolchain.mjs";
import { VERSION } from "../../src/platform/version.ts";
import { MAIN_JOB } from "../support/binaryWorld.ts";
import { hasFront, PROGRAM } from "../support/builtExecutable.ts";
import { cached, front, home, run } from "../support/frontHome.ts";
import { startOnTerminal } from "../support/pty.ts";
import { start } from "../support/run.ts";

/** Puts a program where the front looks for it: a script, or a link to another one. */
function behind(name: string, script: string | { link: string }): string {
  const path = join(front.folder, name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  if (typeof script === "string") writeFileSync(path, script, { mode: 0o755 });
  else symlinkSync(script.link, path);
  return path;
}

const missing = (path: string) =>
  `sso-cred: the front ${VERSION} cannot run the program ${path}, which is missing\n`;

describe.skipIf(!hasFront)("the front (needs a C compiler) hands on", () => {
  test("arguments, also the first, environment, folder and descriptors unchanged", () => {
    behind("sso-cred-core", { link: pinnedNode() });
    const tell =
      "console.log(JSON.stringify([process.argv0, process.argv.slice(1), process.env, process.cwd(), require('fs').readFileSync(9, 'utf8'), process.ppid]))";
    const env = {
      HOME: home.path,
      "odd name": "a\nb",
      EMPTY: "",
      SSO_CRED_CACHE: "off",
      PATH: "/usr/bin:/bin",
    };
    const script = `exec 9<<END\nnine\nEND\nexec -a 'my name' "$0" "$@"`;
    const args = ["-e", tell, "--", "", "a b", "ü", "*"];
    const { stdout, pid } = spawnSync("bash", ["-c", script, front.file, ...args], {
      env,
      cwd: home.path,
      encoding: "utf8",
    });
    const [argv0, rest, environment, folder, ninth, parent] = JSON.parse(stdout);
    expect([argv0, rest, folder, ninth, parent]).toEqual([
      "my name",
      args.slice(3),
      home.path,
      "nine\n",
      process.pid,
    ]);
    // bash sets some variables itself.
    expect(environment).toMatchObject(env);
    expect(pid).toBeGreaterThan(0);
  });

  test.each([
    ["a full disk", ">/dev/full"],
    ["a closed output", ">&-"],
    ["an output that can only be read", "</dev/null >&0"],
  ])("a hit into %s, with the caller's signal settings", async (_, redirection) => {
    await cached();
    behind("sso-cred-core", "#!/bin/sh\ngrep SigIgn /proc/self/status >&2\n");
    const { stdout, stderr } = spawnSync("sh", ["-c", `"$0" "$@" ${redirection}`, front.file, ...MAIN_JOB], {
      env: { HOME: home.path, PATH: "/usr/bin:/bin" },
      encoding: "utf8",
    });
    expect([stdout, stderr]).toEqual(["", expect.stringMatching(/^SigIgn:\t0+\n$/)]);
  });

  test("a hit on a terminal, where the program speaks to a person", async () => {
    await cached();
    behind("sso-cred-core", "#!/bin/sh\necho to a person\n");
    const { screen } = await startOnTerminal(front.file, MAIN_JOB, { home }).done;
    expect(screen).toBe("to a person");
  });

  test("to the program of an installation rather than to one beside it", () => {
    mkdirSync(join(front.folder, "bin"));
    behind("bin/sso-cred", readFileSync(front.file, "latin1"));
    writeFileSync(join(front.folder, "bin/sso-cred"), readFileSync(front.file));
    behind("bin/sso-cred-core", "#!/bin/sh\necho beside\n");
    const installed = join(front.folder, "bin/sso-cred");
    expect(run([], {}, installed).stdout).toBe("beside\n");
    behind("libexec/sso-cred/sso-cred", "#!/bin/sh\necho installed\n");
    expect(run([], {}, installed).stdout).toBe("installed\n");
  });

  test("from its own real path, however it was called", async () => {
    behind("sso-cred-core", '#!/bin/sh\necho "$1"\n');
    symlinkSync(front.file, join(home.path, "sso-cred"));
    expect(run(["by a link"], {}, join(home.path, "sso-cred")).stdout).toBe("by a link\n");
    const byPath = start("sh", ["-c", "sso-cred 'by the PATH'"], {
      home,
      env: { PATH: `${home.path}:/usr/bin:/bin` },
    });
    expect((await byPath.done).stdout).toBe("by the PATH\n");
    const deleted = `exec 3<"$0" && rm "$0" && exec /proc/self/fd/3 'after an upgrade'`;
    expect(run(["-c", deleted, front.file], { PATH: "/usr/bin:/bin" }, "/bin/sh").stdout).toBe(
      "after an upgrade\n",
    );
  });

  const inOwnMounts = ["-rm", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "without /proc"'];
  test.skipIf(spawnSync("unshare", [...inOwnMounts, "/bin/echo"]).status !== 0)(
    "without /proc (needs a mount namespace)",
    () => {
      behind("sso-cred-core", '#!/bin/sh\necho "$1"\n');
      expect(spawnSync("unshare", [...inOwnMounts, front.file], { encoding: "utf8" }).stdout).toBe(
        "without /proc\n",
      );
    },
  );
});

describe.skipIf(!hasFront)("the front without its program (needs a C compiler)", () => {
  test("answers a hit; else it names what is missing: exit 3", async () => {
    await cached();
    expect(run(MAIN_JOB)).toMatchObject({ status: 0, stderr: "" });
    const path = join(dirname(front.folder), "libexec/sso-cred/sso-cred");
    for (const args of [[], ["--version"], [...MAIN_JOB.slice(0, 4), "Admin"]]) {
      expect(run(args)).toMatchObject({ status: 3, stdout: "", stderr: missing(path) });
    }
  });

  test("names one that cannot be run", () => {
    const path = behind("sso-cred-core", "x");
    chmodSync(path, 0o644);
    expect(run([])).toMatchObject({
      status: 3,
      stderr: `sso-cred: the front ${VERSION} cannot run the program ${path}\n`,
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "does not run one that somebody else has put there (needs root)",
    () => {
      const path = behind("sso-cred-core", "#!/bin/sh\necho intruder\n");
      chownSync(path, 12345, 12345);
      expect(run([])).toMatchObject({ status: 3, stdout: "", stderr: expect.stringContaining(path) });
      // The front's owner may replace the front anyway.
      chownSync(front.file, 12345, 12345);
      expect(run([]).stdout).toBe("intruder\n");
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    "does not look into a folder that somebody else has put there (needs root)",
    () => {
      mkdirSync(join(front.folder, "unpacked"));
      const file = join(front.folder, "unpacked/sso-cred");
      writeFileSync(file, readFileSync(front.file), { mode: 0o755 });
      const path = behind("libexec/sso-cred/sso-cred", "#!/bin/sh\necho not yet exchanged\n");
      chownSync(join(front.folder, "libexec"), 12345, 12345);
      expect(run([], {}, file)).toMatchObject({
        status: 3,
        stdout: "",
        stderr: expect.stringContaining(path),
      });
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    "runs its installer's program, also when an upgrade has replaced it (needs root)",
    () => {
      const path = behind("sso-cred-core", "#!/bin/sh\necho the new one\n");
      for (const each of [path, front.file]) chownSync(each, 12345, 12345);
      // A file of the name that the system gives to the old front says nothing.
      writeFileSync(`${front.file} (deleted)`, "");
      const replaced = 'exec 3<"$0" && rm "$0" && exec /proc/self/fd/3';
      expect(run(["-c", replaced, front.file], { PATH: "/usr/bin:/bin" }, "/bin/sh").stdout).toBe(
        "the new one\n",
      );
    },
  );

  test.skipIf(process.getuid?.() !== 0)(
    "runs the one beside it if another one is in the folder above (needs root)",
    () => {
      mkdirSync(join(front.folder, "unpacked"));
      const file = join(front.folder, "unpacked/sso-cred");
      writeFileSync(file, readFileSync(front.file), { mode: 0o755 });
      const foreign = behind("libexec/sso-cred/sso-cred", "#!/bin/sh\necho intruder\n");
      chownSync(foreign, 12345, 12345);
      expect(run([], {}, file)).toMatchObject({ status: 3, stderr: expect.stringContaining(foreign) });
      behind("unpacked/sso-cred-core", "#!/bin/sh\necho beside\n");
      expect(run([], {}, file).stdout).toBe("beside\n");
    },
  );

  test("ends with exit 3, too, if nobody reads its message", async () => {
    const command = `{ read x <go; "$FRONT"; echo $? >code; } 2>&1 | { exec <&-; echo >go; }; cat code`;
    const script = `mkfifo go; ${command}`;
    const { stdout } = await start("sh", ["-c", script], { home, env: { FRONT: front.file } }).done;
    expect(stdout).toBe("3\n");
  });

  /** Appends the output to a file with 96 bytes of room on its disk. */
  const almostFull = `mount -t tmpfs -o size=4k none "$0" && head -c 4000 /dev/zero >"$0/out" && { "$@" >>"$0/out"; code=$?; wc -c <"$0/out"; exit $code; }`;
  const inOwnMounts = (folder: string, args: readonly string[]) =>
    spawnSync("unshare", ["-rm", "sh", "-c", almostFull, folder, ...args], {
      env: { HOME: home.path, PATH: "/usr/bin:/bin" },
      encoding: "utf8",
    });
  test("ends with exit 7 if the disk takes only half of the output, as the program does (needs a mount namespace)", async ({
    skip,
  }) => {
    await cached();
    const folder = join(home.path, "disk");
    mkdirSync(folder);
    skip(inOwnMounts(folder, ["true"]).status !== 0);
    const byProgram = inOwnMounts(folder, [PROGRAM, ...MAIN_JOB]);
    const byFront = inOwnMounts(folder, [front.file, ...MAIN_JOB]);
    expect([byProgram.status, byProgram.stdout.trim()]).toEqual([7, "4096"]);
    expect([byFront.status, byFront.stdout.trim()]).toEqual([7, "4096"]);
    expect(byFront.stderr).toBe("sso-cred: the output was cut short\n");
  });

  test("says so in one line, whatever the name of its folder", () => {
    const folder = join(front.folder, "odd\n\u001b[31mname");
    mkdirSync(folder);
    writeFileSync(join(folder, "sso-cred"), readFileSync(front.file), { mode: 0o755 });
    const moved = run([], {}, join(folder, "sso-cred"));
    expect(moved.stderr).toBe(missing(join(front.folder, "libexec/sso-cred/sso-cred")));
    behind("odd\n\u001b[31mname/sso-cred-core", "");
    chmodSync(join(folder, "sso-cred-core"), 0o644);
    expect(run([], {}, join(folder, "sso-cred")).stderr).toMatch(/^sso-cred: [ -~]+\n$/);
  });
});
