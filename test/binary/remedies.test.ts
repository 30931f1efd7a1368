import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type BinaryWorld, binaryWorld, signedIn } from "../support/binaryWorld.ts";
import { SSO_KEYS, START_URL, sessionSection } from "../support/home.ts";
import { answer } from "../support/initDesk.ts";
import { KEYS, startOnTerminal } from "../support/pty.ts";
import { BARE_PATH, placeExecutable, runShell } from "../support/run.ts";

const { enter } = KEYS;
const ROLE = "--account-id 123456789011 --role-name ReadOnly";
const MAIN = `corp ${ROLE}`;
const PORTAL = `--start-url ${START_URL} --sso-region eu-west-1`;
const LEGACY = `sso_start_url = ${START_URL}\nsso_region = eu-west-1\n${SSO_KEYS.replace(/.*\n/, "")}`;
const ALL = "--scopes sso:account:access";

interface Case {
  /** The command that fails, unattended, without the program's name. */
  call: string;
  code: number;
  remedy: string;
  /** The exit code of the call after the remedy; the remedy itself has to succeed. */
  after: number;
  config?: string;
  env?: Record<string, string>;
  prepare?(world: BinaryWorld): unknown;
  /** What changes before the remedy is run. */
  between?(world: BinaryWorld): unknown;
}

it.each<Case>([
  { call: MAIN, env: { SSO_CRED_LOGIN: "never" }, code: 4, remedy: "sso-cred login corp", after: 0 },
  { call: "list", env: { CI: "1" }, code: 4, remedy: "sso-cred login corp", after: 0 },
  {
    call: "--profile old",
    config: `[profile old]\n${LEGACY}`,
    env: { CI: "1" },
    code: 4,
    remedy: "sso-cred login --profile old",
    after: 0,
  },
  { call: "init corp --all --yes", env: { CI: "1" }, code: 4, remedy: "sso-cred login corp", after: 0 },
  {
    call: `init corp ${PORTAL} --all --yes`,
    config: "",
    env: { CI: "1" },
    code: 4,
    remedy: `sso-cred init corp --session-only ${PORTAL} ${ALL} && sso-cred login corp`,
    after: 0,
  },
  {
    call: `init corp ${PORTAL} --all --yes`,
    config: "",
    code: 5,
    remedy: `sso-cred init corp --session-only ${PORTAL} ${ALL} && sso-cred login corp`,
    after: 0,
    prepare: ({ center }) => Object.assign(center.settings, { consent: "deny" }),
    between: ({ center }) => Object.assign(center.settings, { consent: "auto" }),
  },
  {
    call: "login",
    code: 5,
    remedy: "sso-cred login corp",
    after: 0,
    prepare: ({ center }) => Object.assign(center.settings, { consent: "deny" }),
    between: ({ center }) => Object.assign(center.settings, { consent: "auto" }),
  },
  {
    call: `init corp ${ROLE} --profile-name old --yes`,
    config: `[profile old]\n${SSO_KEYS}${sessionSection("corp")}`,
    code: 3,
    remedy: "sso-cred init corp --adopt",
    after: 0,
    prepare: signedIn,
  },
  {
    call: `init corp ${ROLE} --profile-name old --yes`,
    config: `[profile old]\n${LEGACY}${sessionSection("corp")}`,
    code: 3,
    remedy: "sso-cred init corp --adopt",
    after: 0,
  },
  {
    call: `init corp ${PORTAL} ${ROLE} --profile-name old --yes`,
    config: `[profile old]\n${LEGACY}`,
    code: 3,
    remedy: `sso-cred init corp ${PORTAL} ${ALL} --adopt`,
    after: 0,
  },
  {
    call: `init corp ${ROLE} --profile-name old --yes`,
    config: `[profile old]\ncredential_process = aws-vault exec old\n${SSO_KEYS.replace(/.*\n/, "")}${sessionSection("corp")}`,
    code: 3,
    remedy: "sso-cred init corp --adopt",
    after: 0,
  },
  {
    call: `init corp ${PORTAL} --accounts nowhere --yes`,
    config: "",
    code: 6,
    remedy: `sso-cred init corp --session-only ${PORTAL} ${ALL} && sso-cred list corp`,
    after: 6,
    prepare: signedIn,
  },
  {
    call: "init corp --accounts nowhere --yes",
    code: 6,
    remedy: "sso-cred list corp",
    after: 6,
    prepare: signedIn,
  },
  {
    call: `init corp ${PORTAL} --account-id 999999999999 --role-name Reader --prune --yes`,
    config: "",
    code: 6,
    // Also keeps the answers for the person who signs in next.
    remedy: `sso-cred init corp --session-only ${PORTAL} ${ALL} && sso-cred logout corp`,
    after: 6,
    prepare: signedIn,
  },
  {
    call: "init corp --account-id 999999999999 --yes",
    code: 6,
    remedy: "sso-cred logout corp",
    after: 6,
    prepare: signedIn,
  },
  {
    call: MAIN.replace("ReadOnly", "Owner"),
    code: 6,
    remedy: "sso-cred logout corp",
    after: 6,
    prepare: signedIn,
  },
  {
    call: MAIN,
    code: 6,
    remedy: "sso-cred logout corp",
    after: 0,
    prepare(world) {
      world.center.accounts = [];
      return signedIn(world);
    },
    // Somebody else signs in.
    between({ center }) {
      center.accounts = [
        { accountId: "123456789011", accountName: "Dev", emailAddress: "", roles: ["ReadOnly"] },
      ];
    },
  },
  {
    call: MAIN,
    env: { AWS_CONFIG_FILE: "/nonexistent/config" },
    code: 3,
    remedy: "unset AWS_CONFIG_FILE",
    after: 0,
  },
  {
    call: MAIN,
    code: 3,
    remedy:
      "iconv -f UTF-16 -t UTF-8 ~/.aws/config > ~/.aws/config.utf8 && mv ~/.aws/config.utf8 ~/.aws/config",
    after: 0,
    prepare: ({ home }) => writeFileSync(home.configFile, `\ufeff${sessionSection("corp")}`, "utf16le"),
  },
  { call: "list --accuonts x", code: 2, remedy: "sso-cred list --help", after: 2 },
  { call: "init a b", code: 2, remedy: "sso-cred init --help", after: 2 },
])("the remedy of `$call` (exit $code) can be run as it stands: $remedy", async (one) => {
  const config = one.config ?? sessionSection("corp");
  const world = await binaryWorld({ config, env: { BROWSER: undefined, ...one.env } });
  const { home, center, browser } = world;
  const env = { ...center.env, BROWSER: browser.command, ...one.env };
  const bin = join(home.path, "bin");
  placeExecutable(bin);
  await one.prepare?.(world);
  const options = { home, env: { ...env, PATH: `${bin}:${BARE_PATH}` } };
  const first = await runShell(`sso-cred ${one.call}`, options);
  const [, remedy] = /^ {2}run: (.*)$/m.exec(first.stderr) ?? [];
  const shown = remedy?.replaceAll(home.path, "~");
  expect({ code: first.code, remedy: shown, said: first.stderr }).toMatchObject({
    code: one.code,
    remedy: one.remedy,
  });

  await one.between?.(world);
  // In one shell, as a remedy may change a variable.
  const script = `${remedy} >out 2>&1; echo $? >code; sso-cred ${one.call}`;
  const { code, stderr } = await runShell(script, options);
  expect({ remedy: await home.read("code"), out: await home.read("out") }).toMatchObject({ remedy: "0\n" });
  expect({ code, stderr }).toMatchObject({ code: one.after });
});

it.each([
  { call: "list", remedy: "sso-cred init", config: undefined },
  { call: MAIN, remedy: "sso-cred init corp", config: "[default]\nregion = eu-west-1\n" },
  { call: "--profile dev", remedy: "sso-cred init", config: "[default]\nregion = eu-west-1\n" },
])(
  "the remedy of `$call` without a session leads a person to what was missing",
  async ({ call, remedy, config }) => {
    const world = await binaryWorld({ config: config ?? "" });
    const { home, options } = world;
    const bin = join(home.path, "bin");
    placeExecutable(bin);
    const env = { ...options.env, PATH: `${bin}:${BARE_PATH}` };
    const first = await runShell(`sso-cred ${call}`, { home, env });
    expect({ code: first.code, said: first.stderr }).toMatchObject({
      code: 3,
      said: expect.stringContaining(`\n  run: ${remedy}\n`),
    });
    const wizard = startOnTerminal("/bin/sh", ["-c", remedy], { home, env });
    onTestFinished(() => wizard.kill());
    if (remedy === "sso-cred init") await answer(wizard, [["SSO session name", `corp${enter}`]]);
    await answer(wizard, [
      ["SSO start URL", START_URL + enter],
      ["SSO region", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      [/There are 2 AWS accounts.*search:$/s, `dev${enter}`],
      [/There are 2 roles.*search:$/s, `read${enter}`],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", `dev${enter}`],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect((await runShell(`sso-cred ${call}`, { home, env })).code).toBe(0);
  },
);

it("where no browser opens, the remedy of the main job signs in by a code", async () => {
  const world = await binaryWorld({ env: { SSO_CRED_LOGIN: "browser", SSO_CRED_WAIT: "5" } });
  const { home, center } = world;
  const bin = join(home.path, "bin");
  placeExecutable(bin);
  const noBrowser = join(bin, "no-browser");
  writeFileSync(noBrowser, "#!/bin/sh\nexit 1\n");
  chmodSync(noBrowser, 0o755);
  const env = { ...world.options.env, BROWSER: noBrowser, PATH: `${bin}:${BARE_PATH}` };
  const first = await runShell(`sso-cred ${MAIN}`, { home, env });
  const [, remedy = ""] = /^ {2}run: (.*)$/m.exec(first.stderr) ?? [];
  expect({ code: first.code, remedy, said: first.stderr }).toMatchObject({
    code: 4,
    remedy: "sso-cred login corp --use-device-code",
  });
  const login = startOnTerminal("/bin/sh", ["-c", remedy], { home, env });
  onTestFinished(() => login.kill());
  await login.waitFor("check that the page shows this code");
  center.approveDevice();
  expect((await login.done).code).toBe(0);
  expect((await runShell(`sso-cred ${MAIN}`, { home, env })).code).toBe(0);
});
