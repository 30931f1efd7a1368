import { expect, it } from "vitest";
import { binaryWorld, cachedWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { runShell } from "../support/run.ts";

const LINE = `"$SSO_CRED" ${MAIN_JOB.join(" ")}`;

/** A miss goes through the program, a hit only through the front. */
const worlds = [
  ["a hit", cachedWorld],
  ["a miss", () => signedInWorld()],
] as const;

for (const [name, makeWorld] of worlds) {
  it(`${name} with standard input closed prints as usual`, async () => {
    const { options } = await makeWorld();
    const { code, stdout, stderr } = await runShell(`${LINE} <&-`, options);
    expect([code, stderr, JSON.parse(stdout).Version]).toEqual([0, "", 1]);
  });

  it(`${name} with standard output closed writes nothing into other files`, async () => {
    const { options, home } = await makeWorld();
    const { stdout } = await runShell(`${LINE} >&- 2>err`, options);
    expect(stdout).toBe("");
    for (const { path } of await home.files()) {
      if (path.startsWith(".aws/cli") || path.startsWith("browser")) continue;
      expect(await home.read(path)).not.toContain("SecretAccessKey");
    }
  });

  it(`${name} whose reader has gone ends with exit 7, without a stack`, async () => {
    const { options } = await makeWorld();
    const command = `{ { read x <go; ${LINE}; echo $? >code; } | { exec <&-; echo >go; }; } 2>err; cat code err`;
    const { stdout } = await runShell(`mkfifo go; ${command}`, options);
    expect(stdout).toMatch(/^7\n(sso-cred: nobody reads the output\n)?$/);
  });

  it(`${name} into a slow reader arrives completely`, async () => {
    const { options } = await makeWorld();
    const { stdout } = await runShell(`${LINE} | dd bs=1 status=none`, options);
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1 });
  });

  it(`${name} into a full pipe waits for the reader, and prints once there is room`, async () => {
    const { options, home } = await makeWorld();
    // The filled pipe has no room for the document. The reader empties it after the helper's start.
    const filler = "dd if=/dev/zero bs=65536 count=1 status=none";
    const command = `mkfifo go; { ${filler}; echo >go & ${LINE}; echo $? >code; } | { read x <go; cat; } >out`;
    await runShell(command, options);
    expect(await home.read("code")).toBe("0\n");
    expect(JSON.parse((await home.read("out")).replaceAll("\0", ""))).toMatchObject({ Version: 1 });
  });
}

it("a full disk behind standard output is one line and an exit code", async () => {
  const { options } = await cachedWorld();
  const { code, stderr } = await runShell(`${LINE} >/dev/full`, options);
  expect(code).toBe(7);
  expect(stderr).toBe("sso-cred: the output cannot be written (ENOSPC)\n");
});

it.each([
  ["login", "Signed in to 'corp'"],
  ["init corp --all --yes", "3 added"],
])(
  "%s does its work although a full disk behind standard error takes none of its progress",
  async (command, done) => {
    const { options } = await binaryWorld();
    const { code, stdout } = await runShell(`"$SSO_CRED" ${command} 2>/dev/full`, options);
    expect([code, stdout]).toEqual([0, expect.stringContaining(done)]);
  },
);
