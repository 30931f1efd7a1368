import { expect, it } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { runShell } from "../support/run.ts";

/** Calls the program from a removed folder, where no relative path can be resolved. */
async function fromDeletedFolder(
  { home, options }: BinaryWorld,
  args: readonly string[],
  more: Record<string, string> = {},
) {
  const line = args.map((word) => `'${word}'`).join(" ");
  const env = { ...options.env, ...more };
  return await runShell(`mkdir gone && cd gone && rmdir ../gone && exec "$SSO_CRED" ${line}`, { home, env });
}

it("a sign-in works, also with a relative trace file, of which only the trace is lost", async () => {
  const world = await binaryWorld();
  const result = await fromDeletedFolder(world, MAIN_JOB, { SSO_CRED_TRACE: "trace.log" });
  expect(result).toMatchObject({ code: 0, stderr: "" });
  expect(world.browser.opened().length).toBe(1);
});

it("a relative CA bundle cannot be found: exit 3, naming it and its setting", async () => {
  const world = await binaryWorld();
  const { code, stdout, stderr } = await fromDeletedFolder(world, MAIN_JOB, { AWS_CA_BUNDLE: "ca.pem" });
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toBe(
    "sso-cred: the CA bundle ca.pem is relative to the current folder, which has been removed: correct AWS_CA_BUNDLE\n",
  );
  expect(world.browser.opened()).toEqual([]);
});

it("init writes the path of the executable", async () => {
  const world = await signedInWorld();
  const args = ["init", "corp", ...MAIN_JOB.slice(1), "--yes"];
  expect(await fromDeletedFolder(world, args)).toMatchObject({ code: 0, stderr: "" });
  expect(await world.home.read(".aws/config")).toMatch(/^credential_process = \/.*sso-cred"? corp /m);
});
