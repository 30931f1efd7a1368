import { join } from "node:path";
import { expect, it } from "vitest";
import { binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { runShell, startShell } from "../support/run.ts";
import { descriptorsOf } from "../support/systemCalls.ts";

it("a lock that the caller's script holds reaches neither the worker nor the browser", async () => {
  const { home, options, pending } = await binaryWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "2" } });
  const lock = join(home.path, "script.lock");
  // Uses bash, because a POSIX shell has no descriptor above 9.
  const script = `exec bash -c 'exec 7>/dev/null 200>"${lock}" 201<"${lock}"; flock -n 200 && "$SSO_CRED" ${MAIN_JOB.join(" ")}; exit 0'`;
  const caller = startShell(script, options);
  const { pid } = await pending("open");
  const held = descriptorsOf(pid);
  expect(held.length).toBeGreaterThan(3);
  expect(held).not.toContain(lock);
  expect((await caller.done).code).toBe(0);
  expect((await runShell(`flock -n "${lock}" true`, options)).code).toBe(0);
});

it("the worker of exec holds no lock of the caller's script, but the command gets it", async () => {
  const { home, options, pending } = await binaryWorld({ browser: "ignore" });
  const lock = join(home.path, "script.lock");
  const script = `exec bash -c 'exec 200>"${lock}"; flock -n 200 && exec "$SSO_CRED" exec ${MAIN_JOB.join(" ")} -- true'`;
  const caller = startShell(script, options);
  const { pid } = await pending("open");
  expect(descriptorsOf(pid)).not.toContain(lock);
  expect(descriptorsOf(caller.pid)).toContain(lock);
  caller.killGroup();
});

it("a browser that stays open keeps no descriptor of the caller", async () => {
  const { home, options } = await binaryWorld();
  const stays = join(home.path, "stays");
  await home.write("stays", `#!/bin/sh\nls -l /proc/self/fd >"$0.fds"\nexec sleep 4\n`);
  const lock = join(home.path, "script.lock");
  const env = { ...options.env, BROWSER: stays, SSO_CRED_WAIT: "3" };
  const script = `chmod +x "${stays}"; exec bash -c 'exec 200>"${lock}"; "$SSO_CRED" ${MAIN_JOB.join(" ")}'`;
  expect((await runShell(script, { ...options, env })).code).toBe(4);
  expect(await home.read("stays.fds")).not.toContain("script.lock");
});
