import { describe, expect, it } from "vitest";
import { signedInWorld } from "../support/binaryWorld.ts";
import { refusing } from "../support/child.ts";
import { CONFIG, EXEC, execWorld, LINE, SH } from "../support/execWorld.ts";
import { startBinaryOnTerminal } from "../support/pty.ts";
import { BINARY, start } from "../support/run.ts";
import { canTrace } from "../support/systemCalls.ts";

describe("exec --serve", () => {
  const CURL =
    'curl -s -w " %{http_code}" -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"';
  const serve = (script: string) => [...EXEC, "--serve", "--", "/bin/sh", "-c", script];

  it("has no secret in the environment, and serves on 127.0.0.1 whoever has the token", async () => {
    const { run } = await execWorld();
    const { code, stdout } = await run(serve(`env; ${CURL}`), { AWS_ACCESS_KEY_ID: "outer" });
    expect(code).toBe(0);
    const [environment = "", document = ""] = stdout.split(/(?=\{)/);
    expect(environment).not.toMatch(/example-secret|AWS_ACCESS_KEY_ID|AWS_SESSION_TOKEN/);
    expect(environment).toContain("AWS_REGION=eu-west-1");
    expect(document).toMatch(/ 200$/);
    expect(JSON.parse(document.replace(/ 200$/, ""))).toEqual({
      AccessKeyId: "ASIAEXAMPLEEXAMPLE01",
      SecretAccessKey: "example-secret",
      Token: "example-session-token",
      Expiration: expect.any(String),
      AccountId: "123456789011",
    });
  });

  it.each([
    ["a wrong token", 'curl -s -w " %{http_code}" -H "Authorization: x" "$U"'],
    ["no token", 'curl -s -w " %{http_code}" "$U"'],
    ["another path", 'curl -s -w " %{http_code}" -H "Authorization: $T" "$U/x"'],
    ["another method", 'curl -s -w " %{http_code}" -X POST -H "Authorization: $T" "$U"'],
    ["another host", 'curl -s -w " %{http_code}" -H "Host: evil.example" -H "Authorization: $T" "$U"'],
  ])("responds with 403 to %s", async (_, script) => {
    const { run } = await execWorld();
    const names = "U=$AWS_CONTAINER_CREDENTIALS_FULL_URI T=$AWS_CONTAINER_AUTHORIZATION_TOKEN;";
    const { stdout } = await run(serve(`${names} ${script}`));
    expect(stdout).toMatch(/^\{"code":"AccessDenied".* 403$/);
  });

  it("serves fresh credentials whenever the role's have expired", async () => {
    const made = await signedInWorld({ config: CONFIG, center: { roleCredentialSeconds: 62 } });
    const script = `${CURL}; echo; sleep 4; ${CURL}; echo; sleep 4; ${CURL}; echo`;
    const { code, stdout } = await made.run(serve(script));
    const keys = [...stdout.matchAll(/"AccessKeyId":"(\w+)"/g)].map(([, key]) => key);
    expect([code, new Set(keys).size]).toEqual([0, 3]);
  });

  it("announces a sign-in during a job on the terminal, and then serves the waiting request", async () => {
    const center = { roleCredentialSeconds: 62 };
    const made = await signedInWorld({ config: CONFIG, browser: "ignore", center });
    const script = `${CURL} -o first; echo " first"; read x; sleep 3; ${CURL} -o second; echo " second"; cat second`;
    const running = startBinaryOnTerminal(serve(script), { ...made.options, cwd: made.home.path });
    await running.waitFor("200 first");
    made.center.revokeSessions();
    running.type("go\r");
    const { url = "" } = await made.pending("open");
    await running.waitFor(/Sign in to 'corp'/);
    expect(await running.screen()).not.toContain("second");
    await fetch(url);
    await running.waitFor("200 second");
    expect((await running.done).screen).toContain('"AccessKeyId":"ASIA');
  });

  it("runs inside exec, and exec inside it: the inner one's credentials count", async () => {
    const { run } = await execWorld();
    const inner = `test -z "$AWS_ACCESS_KEY_ID" && ${CURL}`;
    const served = await run([...EXEC, "--", BINARY, ...serve(inner)]);
    expect(served.stdout).toMatch(/"AccessKeyId":"ASIAEXAMPLEEXAMPLE01".* 200$/);
    const names = 'echo $AWS_ACCESS_KEY_ID "<$AWS_CONTAINER_CREDENTIALS_FULL_URI>"';
    const plain = await run([...EXEC, "--serve", "--", BINARY, ...SH, names]);
    expect(plain.stdout).toBe("ASIAEXAMPLEEXAMPLE01 <>\n");
  });

  it("keeps SDKs from the credentials of [default]", async () => {
    const { run, home } = await execWorld();
    await home.write(".aws/config", `[default]\n${LINE}${CONFIG}`);
    const { stdout, stderr } = await run(serve("echo $AWS_CONFIG_FILE $AWS_SHARED_CREDENTIALS_FILE"));
    expect(stdout).toBe("/dev/null /dev/null\n");
    expect(stderr).toContain("[default]");
  });

  it.skipIf(!canTrace)(
    "where no socket may listen: exit 7, and the message names the command without a server (needs strace)",
    async () => {
      const made = await signedInWorld({ config: CONFIG });
      for (const [call, code] of [
        ["bind", "EPERM"],
        ["listen", "EACCES"],
      ] as const) {
        const [strace = "", ...refused] = refusing(call, code);
        const run = await start(strace, [...refused, BINARY, ...serve("echo ran")], made.options).done;
        expect([run.code, run.stdout, run.stderr]).toEqual([
          7,
          "",
          `sso-cred: this system does not allow sso-cred to listen on 127.0.0.1 for the command's requests (${code}): a sandbox, or a security policy?\n  run: sso-cred exec --profile dev -- COMMAND\n`,
        ]);
      }
    },
  );
});
