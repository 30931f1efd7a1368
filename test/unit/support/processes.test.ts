import { beforeEach, expect, it, onTestFinished } from "vitest";
import { startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { makeBrowser } from "../../support/browser.ts";
import type { Home } from "../../support/home.ts";
import { KEYS, startOnTerminal, startShellBehindTerminal } from "../../support/pty.ts";
import { runShell, start, startShell } from "../../support/run.ts";
import { temporaryHome } from "../../support/temporary.ts";

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

it("runs a command with a bare environment, pipes and no terminal", async () => {
  const command = 'cat; echo "$HOME" >&2; pwd >&2; (: </dev/tty) || exit 3';
  const result = await runShell(command, { home, stdin: "typed", env: { LC_ALL: "C" } });
  expect([result.code, result.signal, result.stdout]).toEqual([3, null, "typed"]);
  expect(result.stderr.split("\n").slice(0, 2)).toEqual([home.path, home.path]);
  expect(result.stderr).toContain("/dev/tty");
});

it("kills a whole process group, and reports the signal", async () => {
  const running = startShell("sleep 100 & echo ready; wait", { home });
  await expect.poll(running.stdout).toBe("ready\n");
  running.killGroup();
  expect((await running.done).signal).toBe("SIGKILL");
});

it("fails a run that exceeds its deadline, with its output so far", async () => {
  await expect(runShell("echo here; sleep 100", { home, deadlineMs: 300 })).rejects.toThrow("here");
});

it("shows what is written to the terminal device, apart from the streams", async () => {
  const command = "echo out; echo err >&2; echo person >/dev/tty; test -t 0 || exit 5";
  const result = await startShellBehindTerminal(command, { home }).done;
  expect(result).toEqual({ code: 5, stdout: "out\n", stderr: "err\n", screen: "person", raw: "person\r\n" });
});

it("acts as a person at the keyboard: waits, types, reads the whole screen", async () => {
  const script = 'printf "Name: "; read name; printf "wrong\\rHello $name\\n"; read x';
  const terminal = startOnTerminal("/bin/sh", ["-c", script], { home });
  await terminal.waitFor("Name:");
  terminal.type(`Ada${KEYS.enter}`);
  expect(await terminal.waitFor(/^Hello/m)).toBe("Name: Ada\nHello Ada");
  terminal.type(KEYS.controlC);
  expect((await terminal.done).code).toBe(130);
  await expect(terminal.waitFor("never shown")).rejects.toThrow("never showed never shown before the end");
});

it.each([
  ["visit", "Request approved"],
  ["deny", "Denied"],
  ["ignore", "Allow access?"],
] as const)("has a browser that can %s", async (mode, heading) => {
  const center = await startIdentityCenter();
  onTestFinished(() => center.stop());
  center.settings.consent = mode === "visit" ? "auto" : "page";
  const browser = makeBrowser(home.path, mode);
  const { clientId, clientSecret } = center.signIn();
  const request = { clientId, clientSecret, startUrl: "https://example.awsapps.com/start" };
  const headers = { "content-type": "application/json" };
  const device = await fetch(`${center.url}/device_authorization`, {
    method: "POST",
    headers,
    body: JSON.stringify(request),
  });
  const { verificationUriComplete: url } = (await device.json()) as { verificationUriComplete: string };
  const run = await start(browser.command, [url], { home, env: { PATH: "/nowhere" } }).done;
  expect([run.code, run.stdout, run.stderr]).toEqual([0, "", ""]);
  expect(browser.opened()).toEqual([url]);
  center.settings.consent = "page";
  expect(await (await fetch(url)).text()).toContain(heading);
});
