import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { LINE } from "../support/execWorld.ts";
import { sessionSection } from "../support/home.ts";
import { KEYS, type OnTerminal, startOnTerminal } from "../support/pty.ts";
import { placeExecutable } from "../support/run.ts";
import { temporaryHome } from "../support/temporary.ts";

const CONFIG = `[profile unlike]\n${LINE}[profile my:odd one]\n${LINE}${sessionSection("corp")}`;

type Shell = "bash" | "zsh" | "fish";
const START: Readonly<Record<Shell, { args: string[]; load: string }>> = {
  bash: { args: ["--norc", "--noprofile", "-i"], load: 'eval "$(sso-cred completion bash)"' },
  zsh: {
    args: ["-f", "-i"],
    load: 'autoload -U compinit; compinit -u -D; eval "$(sso-cred completion zsh)"',
  },
  fish: { args: ["--no-config", "-i"], load: "sso-cred completion fish | source" },
};

async function shellWithCompletion(shell: Shell): Promise<OnTerminal> {
  const home = await temporaryHome({ config: CONFIG });
  const bin = join(home.path, "bin");
  placeExecutable(bin);
  const { args, load } = START[shell];
  const env = { PATH: `${bin}:/usr/bin:/bin`, PS1: "$ ", LC_ALL: "C.UTF-8" };
  const running = startOnTerminal(`/usr/bin/${shell}`, args, { home, env, columns: 160 });
  onTestFinished(async () => {
    running.kill();
    await running.done.catch(() => {});
  });
  running.type(`${load}; echo rea''dy\r`);
  await running.waitFor(/^ready$/m);
  return running;
}

const SHELLS = (["bash", "zsh", "fish"] as const).map((shell) => ({
  shell,
  isMissing: !existsSync(`/usr/bin/${shell}`),
}));

describe.each(SHELLS)("in $shell, a tab", ({ shell, isMissing }) => {
  let running: OnTerminal;
  beforeEach(async ({ skip }) => {
    if (isMissing) skip(`${shell} is not installed`);
    running = await shellWithCompletion(shell);
  });

  it.each([
    ["sso-cred comple", /sso-cred completion/],
    ["sso-cred login co", /sso-cred login corp/],
    ["sso-cred exec --profile unl", /--profile unlike/],
    ["sso-cred --profile=unl", /--profile=unlike/],
    ["sso-cred --profile my:o", /--profile my:odd\\ one|--profile 'my:odd one'/],
    ["sso-cred corp --account-id 1234", /--account-id 123456789011/],
    ["sso-cred console corp --account-id 123456789011 --role-name Rea", /--role-name ReadOnly/],
    ["sso-cred exec --profile unlike -- /usr/bin/trunc", /-- \/usr\/bin\/truncate/],
  ])("completes %s", async (typed, expected) => {
    running.type(`${typed}${KEYS.tab}`);
    await running.waitFor(expected);
  });
});

it.skipIf(spawnSync("man", ["--version"]).error)(
  "man reads the man page without a warning (needs man)",
  () => {
    const page = new URL("../../dist/share/man/man1/sso-cred.1", import.meta.url).pathname;
    const { stdout, stderr } = spawnSync("man", ["--warnings", "-l", page], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", MANWIDTH: "80", LC_ALL: "C.UTF-8" },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain("sso-cred exec");
  },
);
