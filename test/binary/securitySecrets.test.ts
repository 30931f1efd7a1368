import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { isoSeconds, sessionSection, tokenPath } from "../support/home.ts";
import { runShell } from "../support/run.ts";
import { entriesBelow, secretsBelow, secretsOf, watchHome } from "../support/secrets.ts";

const CACHES = [".aws/sso/cache/", ".aws/cli/cache/"];

/** The caller is a shell with an umask that takes nothing away. */
async function laxWorld(login: "browser" | "device") {
  const world = await binaryWorld({ config: "" });
  // So that not even ~/.aws is there.
  rmSync(join(world.home.path, ".aws"), { recursive: true });
  const trace = join(world.home.path, "trace.log");
  const configFile = await world.home.write("elsewhere/config", sessionSection("corp"));
  const env = {
    ...world.options.env,
    SSO_CRED_LOGIN: login,
    SSO_CRED_TRACE: trace,
    AWS_CONFIG_FILE: configFile,
  };
  const messages: string[] = [];
  const call = async (args: readonly string[]) => {
    const line = args.map((word) => `'${word}'`).join(" ");
    const result = await runShell(`umask 000; "$SSO_CRED" ${line}`, { home: world.home, env });
    messages.push(result.stderr, args[0] === "corp" ? "" : result.stdout);
    return result;
  };
  return { ...world, call, messages };
}

test.each(["browser", "device"] as const)(
  "a life under umask 000 (%s grant) leaves 0600 and 0700, and no secret in argv, environment, messages, trace or state",
  async (login) => {
    const { home, center, call, messages, noWorker, browser } = await laxWorld(login);
    for (const path of ["/token", "/client/register", "/federation/credentials"]) {
      center.misbehave({ path, times: 1, how: { kind: "latency", ms: 150 } });
    }
    const watch = watchHome(home.path);
    expect(await call(MAIN_JOB)).toMatchObject({ code: 0, stderr: "" });
    await noWorker();
    const token = await home.readJson(tokenPath("corp"));
    const stale = { ...token, expiresAt: isoSeconds(Date.now() - 1_000) };
    await home.write(tokenPath("corp"), stale, 0o644);
    expect((await call([...MAIN_JOB.slice(0, 4), "Admin"])).code).toBe(0);
    expect((await call(["status"])).code).toBe(0);
    // Refused by the portal: what is said of it comes from there.
    expect((await call([...MAIN_JOB.slice(0, 4), "None"])).code).toBe(6);
    const { processes, entries } = await watch.stop();

    const secrets = secretsOf(center);
    expect(secrets.length).toBeGreaterThan(8);
    expect(center.count("/token", ({ body }) => JSON.stringify(body).includes("refresh_token"))).toBe(1);

    // Somebody wrote the token file with 0644 in between: ours is 0600 again.
    const wrong = entries.filter(({ mode, isFolder }) => mode !== (isFolder ? "700" : "600"));
    expect(wrong.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      `644 ${join(home.path, tokenPath("corp"))}`,
    ]);
    const now = entriesBelow(join(home.path, ".aws")).filter(({ isFolder }) => !isFolder);
    expect(new Set(now.map(({ mode }) => mode))).toEqual(new Set(["600"]));
    for (const kind of ["/locks/", "/logins/", "/attempts/", "/sso/cache/", "/cli/cache/"]) {
      expect(entries.some(({ path }) => path.includes(kind))).toBe(true);
    }

    const seen = processes.map(({ commandLine }) => commandLine).join("\n");
    for (const part of [MAIN_JOB.join(" "), "--login-worker", browser.command]) expect(seen).toContain(part);
    for (const { commandLine, environment } of processes) {
      expect(secrets.filter((secret) => [commandLine, ...environment].join("\n").includes(secret))).toEqual(
        [],
      );
    }
    expect(secrets.filter((secret) => messages.join("\n").includes(secret))).toEqual([]);
    expect(await home.read("trace.log")).toContain("GetRoleCredentials");
    expect(secretsBelow(home.path, secrets, CACHES)).toEqual([]);
    // The same look does find them where they belong.
    expect(secretsBelow(home.path, secrets, []).length).toBeGreaterThan(4);
  },
);

test("a sign-in that replaces a token does not write the old one into its own files", async () => {
  const { home, center, call, noWorker } = await laxWorld("device");
  expect((await call(MAIN_JOB)).code).toBe(0);
  await noWorker();
  center.settings.intervalSeconds = 1;
  center.settings.consent = "page";
  const watch = watchHome(home.path);
  const running = call(["login"]);
  const pending = () =>
    entriesBelow(join(home.path, ".aws/sso-cred/logins")).filter(({ path }) => path.endsWith(".json"));
  await expect
    .poll(() => [...center.state.devices.values()].filter(({ decision }) => decision === "pending").length)
    .toBe(1);
  await expect.poll(() => pending().length).toBe(1);
  expect(secretsBelow(home.path, secretsOf(center), CACHES)).toEqual([]);
  center.approveDevice();
  expect((await running).code).toBe(0);
  expect((await watch.stop()).entries.length).toBeGreaterThan(0);
});
