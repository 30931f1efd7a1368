import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { fakeSystem } from "../support/fakeSystem.ts";
import { cacheRole, tokenPath } from "../support/home.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";
import { temporaryHome } from "../support/temporary.ts";

it("if a folder has the token file's name, nobody is asked to sign in: exit 3 names it", async () => {
  const world = await signInWorld();
  const place = join(world.home.path, tokenPath("corp"));
  await mkdir(place, { recursive: true });
  const { code, stdout, stderr } = await world.call();
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toBe(`sso-cred: cannot write ${place} (EISDIR), so nobody can sign in\n`);
  expect(world.opened()).toEqual([]);
});

it.each([
  ["ENOSPC", "the output cannot be written (ENOSPC)"],
  ["EBADF", "the output cannot be written (EBADF)"],
  ["EPIPE", "nobody reads the output"],
])("a stdout that cannot be written (%s) is exit 7, not a bug", async (code, words) => {
  const home = await temporaryHome();
  await cacheRole(home);
  const system = fakeSystem({ env: home.env });
  system.writeStdout = () => {
    throw Object.assign(new Error(`${code}: write`), { code, syscall: "write" });
  };
  expect(await runCli(MAIN_JOB, system)).toBe(7);
  expect(system.stderr).toBe(`sso-cred: ${words}\n`);
});
