import { chownSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { binaryWorld } from "../support/binaryWorld.ts";
import { CONFIG, EXEC, execWorld, SH } from "../support/execWorld.ts";
import { startBinaryOnTerminal } from "../support/pty.ts";
import { BINARY, type RunOptions, start, startBinary } from "../support/run.ts";

describe("exec", () => {
  it("puts the credentials into the environment of the command, and removes what would override them", async () => {
    const { run } = await execWorld();
    const { code, stdout, stderr } = await run([...EXEC, "--", "env"], {
      AWS_PROFILE: "other",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/",
      SSL_CERT_FILE: "/nowhere.pem",
      NODE_OPTIONS: "--max-old-space-size=100",
      KEPT: "1",
    });
    const set = Object.fromEntries(stdout.split("\n").map((line) => line.split(/=(.*)/s)));
    expect([code, stderr]).toEqual([0, ""]);
    expect(set).toMatchObject({
      AWS_ACCESS_KEY_ID: "ASIAEXAMPLEEXAMPLE01",
      AWS_SECRET_ACCESS_KEY: "example-secret",
      AWS_SESSION_TOKEN: "example-session-token",
      AWS_CREDENTIAL_EXPIRATION: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      // The program restarts itself without these two, but the command gets them.
      SSL_CERT_FILE: "/nowhere.pem",
      NODE_OPTIONS: "--max-old-space-size=100",
      KEPT: "1",
    });
    expect(stdout).not.toMatch(/AWS_PROFILE|CONTAINER|HELD_BACK/);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "says whose the command is where root has become the home's owner (needs root)",
    async () => {
      const { home, run } = await execWorld();
      for (const name of ["", ...readdirSync(home.path, { recursive: true, encoding: "utf8" })])
        chownSync(join(home.path, name), 12_345, 12_345);
      expect(await run([...EXEC, "--", "id", "-u"])).toMatchObject({
        code: 0,
        stdout: "12345\n",
        stderr: `sso-cred: the command runs as user 12345, the owner of ${home.path}; for root: sso-cred exec … -- sudo -E COMMAND\n`,
      });
    },
  );

  it("takes session, account and role, and runs inside another exec", async () => {
    const { run } = await execWorld();
    const outer = ["exec", "corp", "--account-id", "123456789011", "--role-name", "ReadOnly", "--"];
    const { code, stdout } = await run([
      ...outer,
      BINARY,
      ...EXEC,
      "--",
      "sh",
      "-c",
      "echo $AWS_ACCESS_KEY_ID $AWS_REGION",
    ]);
    expect([code, stdout]).toEqual([0, "ASIAEXAMPLEEXAMPLE01 eu-west-1\n"]);
  });

  it.each([
    ["exit 0", 0],
    ["exit 3", 3],
    ["kill -TERM $$", 143],
    ["kill -KILL $$", 137],
  ])("ends with the command's exit code or signal: %s", async (script, code) => {
    const result = await (await execWorld()).run([...SH, script]);
    expect([result.code, result.stdout, result.stderr]).toEqual([code, "", ""]);
  });

  it("ends with 127 for a command that does not exist and with 126 for one that cannot be started", async () => {
    const { run, home } = await execWorld();
    const missing = await run([...EXEC, "--", "no-such-command"]);
    expect([missing.code, missing.stdout, missing.stderr]).toEqual([
      127,
      "",
      "sso-cred: there is no command 'no-such-command'\n",
    ]);
    const folder = await run([...EXEC, "--", home.path]);
    expect([folder.code, folder.stderr]).toEqual([
      126,
      `sso-cred: the system does not start '${home.path}' (EACCES)\n`,
    ]);
  });

  it("passes on standard input, flags of the command and a broken pipe", async () => {
    const { options } = await execWorld();
    const cat = await startBinary([...EXEC, "--", "cat"], { ...options, stdin: "text\n" }).done;
    expect([cat.code, cat.stdout]).toEqual([0, "text\n"]);
    const help = await startBinary([...EXEC, "--", "echo", "--help", "--", "-x"], options).done;
    expect(help.stdout).toBe("--help -- -x\n");
    const pipe = await startBinary([...SH, "yes | head -1"], options).done;
    expect([pipe.stdout, pipe.stderr]).toEqual(["y\n", ""]);
  });

  it.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR2", "SIGWINCH"] as const)(
    "passes %s on",
    async (signal) => {
      const { options } = await execWorld();
      const script = `trap 'echo got; exit 5' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
      const running = startBinary([...SH, script], options);
      await expect.poll(running.stdout).toBe("ready\n");
      running.kill(signal);
      const { code, stdout, stderr } = await running.done;
      expect([code, stdout, stderr]).toEqual([5, "ready\ngot\n", ""]);
    },
  );

  it("passes on a signal that the command's first act brings about", async () => {
    const { options } = await execWorld();
    const script = "trap 'exit 5' USR2; kill -USR2 $PPID; while :; do sleep 0.05; done";
    const runs = Array.from({ length: 24 }, () => startBinary([...SH, script], options));
    const ends = await Promise.all(runs.map(({ done }) => done));
    expect(ends.map(({ code }) => code)).toEqual(runs.map(() => 5));
  });

  it("stays with a command that nohup runs, when the terminal hangs up", async () => {
    const { options, home } = await execWorld();
    const go = join(home.path, "go");
    const script = `echo ready; until [ -e ${go} ]; do sleep 0.05; done; exit 6`;
    const running = startBinary([...EXEC, "--", "nohup", "/bin/sh", "-c", script], options);
    await expect.poll(running.stdout).toBe("ready\n");
    running.kill("SIGHUP");
    await home.write("go", "");
    expect((await running.done).code).toBe(6);
  });

  describe.skipIf(process.platform !== "linux")("passes on open files, as env does (on Linux)", () => {
    const shell = (made: { options: RunOptions }, script: string) => {
      const env = { ...made.options.env, SSO: BINARY };
      return start("/bin/bash", ["-c", script], { ...made.options, env }).done;
    };
    const files = "3<<<three 12<<<twelve 20<<<twenty";

    it("with low and high numbers, and also pipes", async () => {
      const cat = 'cat /dev/fd/3 /dev/fd/12 /dev/fd/20 "$0"';
      const script = `"$SSO" ${EXEC.join(" ")} -- sh -c '${cat}' <(echo pipe) ${files}`;
      const { stdout, stderr } = await shell(await execWorld(), script);
      expect([stdout, stderr]).toEqual(["three\ntwelve\ntwenty\npipe\n", ""]);
    });

    it("after a sign-in, and none of its own", async () => {
      const made = await binaryWorld({ config: CONFIG });
      const list = `sh -c 'ls /proc/self/fd; cat /dev/fd/20' ${files}`;
      const direct = await shell(made, list);
      const { stdout, stderr } = await shell(made, `"$SSO" ${EXEC.join(" ")} -- ${list}`);
      expect(direct.stdout).toMatch(/^12\n2\n20\n[\s\S]*twenty\n$/m);
      expect([stdout, stderr]).toEqual([direct.stdout, expect.any(String)]);
      expect(made.center.count("/token")).toBe(1);
    });

    it("only to the command: when it closes one, the other side sees the end", async () => {
      const command = `"$SSO" ${EXEC.join(" ")} -- sh -c 'exec 3>&-; read x' <back 3>to`;
      const script = `mkfifo to back; ${command} & exec 8>back; cat to; echo closed; echo go >&8; wait; echo over`;
      expect((await shell(await execWorld(), script)).stdout).toBe("closed\nover\n");
    });

    it("and both ends of make's jobserver", async () => {
      const makefile = `all:\n\t+@"$$SSO" ${EXEC.join(" ")} -- sh -c 'test -p /dev/fd/3 && test -p /dev/fd/4 && echo jobs'\n`;
      const made = await execWorld();
      await made.home.write("Makefile", makefile);
      const { stdout } = await shell(made, "make -sj2");
      expect(stdout).toBe("jobs\n");
    });
  });

  it("stays while the command ignores a signal, and leaves when only its children are left", async () => {
    const { options, home } = await execWorld();
    const script = `trap '' TERM; echo ready; sleep 1; (sleep 30 <&- >&- 2>&- & echo $! > ${home.path}/left); exit 4`;
    const running = startBinary([...SH, script], options);
    await expect.poll(running.stdout).toBe("ready\n");
    running.kill("SIGTERM");
    expect((await running.done).code).toBe(4);
    process.kill(Number(readFileSync(join(home.path, "left"), "utf8")), "SIGKILL");
  });

  it("is a usage error without a command or a role", async () => {
    const { run } = await execWorld();
    const remedy = "  run: sso-cred exec --help\n";
    expect((await run(EXEC)).stderr).toBe(`sso-cred: name the command to run after --\n${remedy}`);
    expect((await run(["exec", "--", "true"])).stderr).toBe(
      `sso-cred: name a role: --profile NAME, or sso-cred exec SESSION --account-id ID --role-name ROLE\n${remedy}`,
    );
  });
});

describe("env", () => {
  async function runIn(shell: string, flags: string, script: string) {
    const { options } = await execWorld();
    const env = { ...options.env, SSO: BINARY };
    return await start(shell, [flags, script], { ...options, env }).done;
  }

  it.for([
    ["/bin/bash", 'eval "$("$SSO" env --profile dev)"'],
    ["/bin/sh", 'eval "$("$SSO" env --profile dev)"'],
    ["/usr/bin/zsh", 'eval "$("$SSO" env --profile dev)"'],
    ["/usr/bin/fish", '"$SSO" env --profile dev | source'],
  ] as const)("is evaluated by %s that calls it, where there is one", async ([shell, script], { skip }) => {
    skip(!existsSync(shell), `there is no ${shell}`);
    const { stdout, stderr } = await runIn(shell, "-c", `${script}; echo $AWS_ACCESS_KEY_ID $AWS_REGION`);
    expect([stdout, stderr]).toEqual(["ASIAEXAMPLEEXAMPLE01 eu-west-1\n", ""]);
  });

  it.skipIf(!existsSync("/usr/bin/tcsh"))(
    "says so to a shell that it has no lines for (needs tcsh)",
    async () => {
      const { stdout, stderr } = await runIn("/usr/bin/tcsh", "-fc", '"$SSO" env --profile dev; true');
      expect(stdout).toBe("");
      expect(stderr).toContain(
        "sso-cred: env has no lines for the shell tcsh; --shell takes bash, zsh, sh, fish",
      );
    },
  );

  it("shows no secret on a terminal without --force, and removes all variables with --unset", async () => {
    const { options, run } = await execWorld();
    const refused = await startBinaryOnTerminal(["env", "--profile", "dev"], options).done;
    expect(refused.code).toBe(2);
    expect(refused.screen).not.toContain("example-secret");
    const forced = await startBinaryOnTerminal(["env", "--profile", "dev", "--force"], options).done;
    expect(forced.screen).toContain("example-secret");
    const unset = await run(["env", "--unset", "--shell", "sh"]);
    expect(unset.stdout).toMatch(/^unset AWS_PROFILE\n[\s\S]*unset AWS_REGION\n/);
    for (const [program, line] of [
      ["pwsh", /^Remove-Item Env:AWS_PROFILE /],
      ["/bin/dash", /^unset AWS_PROFILE\n/],
    ] as const) {
      expect((await run(["env", "--unset", "--shell", program])).stdout).toMatch(line);
    }
    const unknown = await run(["env", "--profile", "dev", "--shell", "tcsh"]);
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  });
});
