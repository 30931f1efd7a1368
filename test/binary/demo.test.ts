import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { openPage } from "../../scripts/demo/page.ts";
import { recordFirstRun } from "../../scripts/demo/recording.ts";
import { lastScreen, recordingSvg } from "../../scripts/demo/recordingSvg.ts";
import { openStage } from "../../scripts/demo/stage.ts";
import { storySteps } from "../../scripts/demo/steps.ts";
import { tellStory } from "../../scripts/demo/story.ts";
import { pinnedNode } from "../../scripts/toolchain.mjs";
import { EXECUTABLE } from "../support/builtExecutable.ts";
import { type Running, start } from "../support/run.ts";
import { temporaryFolder } from "../support/temporary.ts";

const DEMO = fileURLToPath(new URL("../../scripts/demo.ts", import.meta.url));
const TITLES = [
  "1. init: from nothing to a profile",
  "2. The first call: nobody is signed in, so the browser opens",
  "3. The second call: from the cache",
  "4. An hour later: the token has expired and is refreshed silently",
  "5. 20 callers at once with nothing cached: one sign-in, one tab",
  "6. A real AWS client, through the profile",
  "7. Status, logout, and a call that may not ask anybody",
];

const WIZARD = `
   There are 2 AWS accounts available to you.
     [ ] Development, dev@example.com (123456789011)
     [ ] Production, prod@example.com (210987654321)
   up/down move, tab tick, enter accept, esc cancel
   Type to search:
`;

test("docs/first-run.svg shows what a first run shows today; npm run demo -- --record docs/first-run.svg makes it anew", async () => {
  const stage = await openStage({ executable: EXECUTABLE, ownBrowser: false });
  onTestFinished(() => stage.close());
  const now = lastScreen(recordingSvg(await recordFirstRun(stage), "now"));
  const picture = lastScreen(
    readFileSync(fileURLToPath(new URL("../../docs/first-run.svg", import.meta.url)), "utf8"),
  );
  // How much has scrolled away, and who the call is, depends on the AWS CLI of the machine.
  const ofInit = (screen: string) => /SSO region[\s\S]*as shown:\n\n.*\n/.exec(screen)?.[0];
  expect(ofInit(picture)).toContain("Using the role name");
  expect(ofInit(now)).toBe(ofInit(picture));
}, 120_000);

test("shows every step with the built executable and the AWS client of this machine", async () => {
  const folder = temporaryFolder();
  const { code, stdout, stderr } = await startDemo([], { TMPDIR: folder, PATH: process.env.PATH }).done;
  expect({ code, stderr, steps: steps(stdout) }).toEqual({
    code: 0,
    stderr: "",
    steps: TITLES.flatMap((title) => [title, "ok"]),
  });
  expect(stdout).toContain(WIZARD);
  expect(stdout).toMatch(/\nEvery step happened, in [\d.]+ s\.\n$/);
  expect(stdout).toMatch(/This was (aws-cli\/[12]\.\S+|AWS SDK for JavaScript\S*)/);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toMatch(/ASIA[A-Z0-9]{16}|IQoJb3JpZ2luX2VjE/);
  expect(readdirSync(folder)).toEqual([]);
}, 180_000);

test("waits for the person's own browser with --browser, and uses the AWS SDK with --sdk", async () => {
  const folder = temporaryFolder();
  const browser = script(
    folder,
    `exec '${process.execPath}' -e 'fetch(process.argv[1], { method: "POST", body: "decision=allow" })' "$1"`,
  );
  const { code, stdout } = await startDemo(["--browser", "--sdk"], { BROWSER: browser }).done;
  expect({ code, steps: steps(stdout) }).toEqual({
    code: 0,
    steps: TITLES.flatMap((title) => [title, "ok"]),
  });
  expect(stdout.match(/Press Allow in your browser/g)).toHaveLength(3);
  expect(stdout).toContain("This was AWS SDK for JavaScript");
}, 180_000);

test("shows what callers see of a Deny, asks again, and continues", async () => {
  const folder = temporaryFolder();
  // The tabs of the wizard, of the first call, of the command after it, and of twenty callers.
  const denied = "[1, 3, 4, 6]";
  const program = `const { appendFileSync, readFileSync } = require("node:fs");
    appendFileSync("${folder}/tabs", ".");
    const tab = readFileSync("${folder}/tabs").length;
    const body = "decision=" + (${denied}.includes(tab) ? "deny" : "allow");
    fetch(process.argv[1]).then(page => page.text()).then(text => appendFileSync("${folder}/pages", text))
      .then(() => fetch(process.argv[1], { method: "POST", body }));`;
  const browser = script(folder, `exec '${process.execPath}' -e '${program}' "$1"`);
  const { code, stdout } = await startDemo(["--browser", "--sdk"], { BROWSER: browser }).done;
  expect({ code, steps: steps(stdout) }).toEqual({
    code: 0,
    steps: TITLES.flatMap((title) => [title, "ok"]),
  });
  expect(stdout).toContain("You have pressed Deny: the wizard keeps every answer, and asks once more.");
  const caller = "You have pressed Deny. Each caller sees this: sso-cred: the sign-in to 'my-sso' was denied";
  expect(stdout.replace(/\s+/g, " ").split(caller)).toHaveLength(3);
  expect(stdout.match(/\$ sso-cred login my-sso\n/g)).toHaveLength(3);
  expect(
    readFileSync(join(folder, "pages"), "utf8").match(/An emulator of IAM Identity Center/g),
  ).toHaveLength(7);
}, 180_000);

test("says what was expected and what was seen if a step fails", async () => {
  const forged = {
    Version: 1,
    AccessKeyId: "ASIAFORGEDFORGED0001",
    SecretAccessKey: "secret",
    SessionToken: "token",
    Expiration: "2099-01-01T00:00:00Z",
    AccountId: "123456789011",
  };
  const executable = script(temporaryFolder(), `echo '${JSON.stringify(forged)}'`);
  const stage = await openStage({ executable, ownBrowser: false });
  onTestFinished(stage.close);
  let printed = "";
  const page = openPage((text) => {
    printed += text;
  }, false);
  expect(await tellStory(storySteps({ sdk: true }).slice(1), stage, page)).toBe(false);
  const [title = ""] = steps(printed);
  expect(title).toMatch(/^1. The first call/);
  expect(printed.replace(/\s+/g, " ")).toContain(
    'FAILED: seen by Identity Center: expected {"CreateToken (authorization_code)":1,"GetRoleCredentials":1,' +
      '"Logout":1}, seen {} FAILED: browser tabs opened: expected 1, seen 0',
  );
  expect(steps(printed)).toEqual([title]);
});

test("leaves neither files nor processes if it is ended in the middle of a sign-in", async () => {
  const folder = temporaryFolder();
  const demo = startDemo(["--browser"], { TMPDIR: folder, BROWSER: "/bin/true" });
  await vi.waitFor(() => expect(demo.stdout()).toContain("Press Allow"), { timeout: 60_000, interval: 50 });
  demo.kill("SIGTERM");
  const { code, stdout } = await demo.done;
  expect({ code, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
    code: 143,
    last: "   ended by SIGTERM",
  });
  expect(readdirSync(folder)).toEqual([]);
  await vi.waitFor(() => expect(processesWith(folder)).toEqual([]), { timeout: 10_000, interval: 50 });
}, 120_000);

function startDemo(args: readonly string[], env: Record<string, string | undefined>): Running {
  const running = start(pinnedNode(), ["--disable-warning=ExperimentalWarning", DEMO, ...args], {
    env: { NO_COLOR: "1", ...env },
    cwd: tmpdir(),
    deadlineMs: 170_000,
  });
  onTestFinished(() => running.killGroup());
  return running;
}

/** The titles of the steps and their outcomes, in order. */
function steps(printed: string): string[] {
  return printed.split("\n").flatMap((line) => /^\d\. .*$|^ {3}ok(?= {2}\d)/.exec(line)?.[0].trim() ?? []);
}

function script(folder: string, text: string): string {
  const file = join(folder, "script");
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Running processes that were given a place below `folder`; none is seen except on Linux. */
function processesWith(folder: string): string[] {
  const names = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return names.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}
