import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { signedInWorld } from "../support/binaryWorld.ts";
import { placeExecutable, runShell, start } from "../support/run.ts";

const hasPython = spawnSync("python3", ["-c", ""]).status === 0;

/** The executable in a folder with a space in its name, behind a link, with a signed-in person. */
async function installed() {
  const world = await signedInWorld();
  const { home, center } = world;
  const real = placeExecutable(join(home.path, "apps (v1)"));
  const link = join(home.path, "my bin/sso-cred");
  mkdirSync(dirname(link));
  symlinkSync(real, link);
  const env = { ...center.env, PATH: `/usr/bin:/bin:${dirname(link)}` };
  const line = async () => {
    const config = await home.read(".aws/config");
    return /^credential_process = (.*)$/m.exec(config)?.[1] ?? "";
  };
  return { home, real, link, env, line, run: (command: string) => runShell(command, { home, env }) };
}

/** The SDKs for Go remove quotes at a value's start. */
const quoted = (path: string) => `${dirname(dirname(path))}/"${path.split("/").slice(-2).join("/")}"`;
const INIT = "init corp --account-id 123456789011 --role-name Admin --yes";

it("the path found in PATH is written, without resolving links", async () => {
  const { run, line, link } = await installed();
  expect(await run(`sso-cred ${INIT}`)).toMatchObject({ code: 0, stderr: "" });
  expect(await line()).toBe(`${quoted(link)} corp --account-id 123456789011 --role-name Admin`);
});

it("the path by which it was called is written, as an absolute path", async () => {
  const { run, line, link, real } = await installed();
  await run(`'./my bin/sso-cred' ${INIT}`);
  expect(await line()).toMatch(`${quoted(link)} corp `);
  expect(await run(`'./apps (v1)/sso-cred' ${INIT}`)).toMatchObject({
    code: 0,
    stderr: `changed [profile 123456789011_Admin]: the command was ${link}\n`,
  });
  expect(await line()).toBe(`${quoted(real)} corp --account-id 123456789011 --role-name Admin`);
});

it("the line gives the same credentials through sh and through shlex without a shell", async ({ skip }) => {
  const { home, env, run, line } = await installed();
  await run(`sso-cred ${INIT}`);
  const bySh = await run(await line());
  expect(bySh).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(bySh.stdout)).toMatchObject({ Version: 1, AccountId: "123456789011" });
  skip(!hasPython, "there is no python3");
  const script =
    "import shlex, subprocess, sys; sys.exit(subprocess.run(shlex.split(sys.argv[1])).returncode)";
  const options = { home, env: { ...env, PATH: process.env.PATH } };
  const byShlex = await start("python3", ["-c", script, await line()], options).done;
  expect(byShlex).toMatchObject({ code: 0, stdout: bySh.stdout });
});

it("--command writes the bare name, which is found on the PATH and recognised as ours", async () => {
  const { run, line } = await installed();
  await run(`sso-cred ${INIT} --command sso-cred`);
  expect(await line()).toBe("sso-cred corp --account-id 123456789011 --role-name Admin");
  expect(await run(await line())).toMatchObject({ code: 0, stderr: "" });
  expect((await run(`sso-cred ${INIT}`)).stdout).toContain("Nothing to change");
});

it("a path that cannot be quoted is rejected, and the remedy repeats the arguments", async () => {
  const { home, run, line } = await installed();
  placeExecutable(join(home.path, "a$b"));
  const { code, stderr, stdout } = await run(`'./a$b/sso-cred' ${INIT}`);
  expect([code, stdout]).toEqual([3, ""]);
  const [, remedy] =
    /^sso-cred: the path .*a\$b\/sso-cred cannot be written .*\n {2}run: (.*)\n$/.exec(stderr) ?? [];
  expect(remedy).toBe(`sso-cred ${INIT} --command sso-cred`);
  expect(await run(`${remedy}`)).toMatchObject({ code: 0, stderr: "" });
  expect(await line()).toMatch(/^sso-cred corp /);
});
