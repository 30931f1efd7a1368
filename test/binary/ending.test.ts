import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { BINARY, start, startBinary } from "../support/run.ts";

test("Ctrl-C during a request to the portal ends the run with its line, and leaves no lock", async () => {
  const { center, home, options } = await signedInWorld();
  center.misbehave({ path: "/federation/credentials", how: { kind: "blackHole" } });
  const running = startBinary(MAIN_JOB, options);
  await expect.poll(() => center.count("/federation/credentials")).toBe(1);
  running.kill("SIGINT");
  const { code, stdout, stderr } = await running.done;
  expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: "", stderr: "sso-cred: cancelled\n" });
  expect(await home.files(".aws/sso-cred/locks")).toEqual([]);
});

const ownNetwork = spawnSync("unshare", ["-mn", "ip", "link", "set", "lo", "up"]).status === 0;

test.skipIf(!ownNetwork)(
  "a name server that never responds does not delay the end (needs namespaces)",
  async () => {
    const { home } = await signedInWorld();
    const resolv = join(home.path, "resolv.conf");
    const server = join(home.path, "silent.cjs");
    writeFileSync(resolv, "nameserver 127.0.0.1\noptions timeout:30 attempts:3\n");
    writeFileSync(
      server,
      'require("node:dgram").createSocket("udp4").bind(53, "127.0.0.1", () => console.log("up"))',
    );
    const script = `
    mount --bind "$1/resolv.conf" /etc/resolv.conf && ip link set lo up || exit 99
    "$2" "$1/silent.cjs" > "$1/up" & silent=$!
    while ! [ -s "$1/up" ]; do :; done
    "$3" corp --account-id 123456789011 --role-name ReadOnly; code=$?
    kill $silent; exit $code`;
    const args = ["-mn", "sh", "-c", script, "sh", home.path, process.execPath, BINARY];
    const path = "/usr/sbin:/sbin:/usr/bin:/bin";
    // The resolver itself would continue for 90 s.
    const options = { home, env: { PATH: path, SSO_CRED_WAIT: "1" }, deadlineMs: 45_000 };
    const { code, stdout, stderr } = await start("unshare", args, options).done;
    expect([code, stdout]).toEqual([7, ""]);
    expect(stderr).toMatch(
      /^sso-cred: .*portal\.sso\.eu-west-1\.amazonaws\.com.*\n {2}run: sso-cred doctor\n$/,
    );
  },
);
