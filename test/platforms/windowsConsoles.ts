import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { sessionSection, sha1 } from "../support/home.ts";
import { KEYS } from "../support/pty.ts";
import { until } from "../support/until.ts";
import type { Case } from "./case.ts";
import { profileOf, type Windows } from "./windows.ts";
import { MAIN_JOB, SESSION } from "./world.ts";

const COLOGNE = "K\u00f6ln \u20ac";

/** Runs on a console, with a person in front of it. */
export const windowsConsoles: readonly Case<Windows>[] = [
  ...[{}, { NODE_DEBUG: "none" }].map(
    (env): Case<Windows> => ({
      title: `Ctrl-C ends the call with 130, and the sign-in that nobody else waits for${"NODE_DEBUG" in env ? ", with NODE_DEBUG set, too" : ""}`,
      options: { browser: "ignore" },
      async act(world) {
        const given = { env: { ...world.env, ...env }, isPiped: true };
        const call = world.machine.startOnConsole(world.home, MAIN_JOB, given);
        await until("the page is open", () => world.pendingLogin()?.state === "open");
        await call.waitFor("Sign in to 'my-sso' in your browser");
        call.type(KEYS.controlC);
        const { screen } = await call.done;
        assert.match(screen, /sso-cred: cancelled\s+ended with 130$/);
        assert.equal(world.pendingLogin(), undefined);
      },
    }),
  ),
  {
    title: "Ctrl-C ends login",
    options: { browser: "ignore" },
    async act(world) {
      const login = world.machine.startOnConsole(world.home, ["login"], { env: world.env });
      await login.waitFor("Sign in to 'my-sso' in your browser");
      login.type(KEYS.controlC);
      assert.match((await login.done).screen, /sso-cred: the sign-in was cancelled\s+ended with 130$/);
      await until("no sign-in is left", () => world.pendingLogin() === undefined);
    },
  },
  {
    title: "Ctrl-C during exec is the command's, which decides how it ends",
    options: {},
    async act(world) {
      await world.signIn(3600);
      await world.home.write(
        "wait.mjs",
        `process.on("SIGINT", () => { console.log("interrupted"); setTimeout(() => process.exit(7), 300); });
console.log("waiting");
setInterval(() => {}, 1000);`,
      );
      const args = ["exec", ...MAIN_JOB, "--", world.machine.node, "wait.mjs"];
      const exec = world.machine.startOnConsole(world.home, args, { env: world.env });
      await exec.waitFor("waiting");
      exec.type(KEYS.controlC);
      assert.match((await exec.done).screen, /interrupted\s+ended with 7$/);
    },
  },
  {
    title: "names beyond ASCII are shown as they are, in tables and announcements",
    options: { browser: "ignore", config: sessionSection(COLOGNE) },
    async act(world) {
      const { home, machine, env, center } = world;
      const account = center.accounts[0];
      assert.ok(account);
      account.accountName = COLOGNE;
      const call = machine.startOnConsole(home, [COLOGNE, ...MAIN_JOB.slice(1)], { env, isPiped: true });
      await call.waitFor(`Sign in to '${COLOGNE}' in your browser`);
      const [url = ""] = world.opened();
      await fetch(url);
      assert.match((await call.done).screen, /ended with 0$/);
      assert.ok(await home.exists(`.aws/sso/cache/${sha1(COLOGNE)}.json`));
      const { screen } = await machine.startOnConsole(home, ["list"], { env }).done;
      assert.match(screen, new RegExp(`^${COLOGNE} +\\d{12} +ReadOnly$`, "m"));
    },
  },
  {
    title: "init asks its questions, and takes what is typed ahead",
    options: { config: "" },
    async act(world) {
      const config = `${profileOf(world.home)}\\.aws\\config`;
      const init = world.machine.startOnConsole(world.home, ["init"], {
        env: { ...world.env, AWS_CONFIG_FILE: config },
      });
      await init.waitFor("SSO session name");
      for (const answer of [SESSION, "https://d-1234567890.awsapps.com/start", "eu-west-1", ""]) {
        init.type(answer + KEYS.enter);
      }
      await init.waitFor("accounts available to you");
      init.type(`Prod`);
      await sleep(500);
      init.type(KEYS.enter);
      await init.waitFor("Default client Region");
      init.type(`${KEYS.enter}json${KEYS.enter}prod${KEYS.enter}`);
      const { screen } = await init.done;
      assert.match(screen, /ended with 0$/);
      assert.match(
        await world.home.read(".aws/config"),
        /\[profile prod\]\ncredential_process = .* --account-id 210987654321 /,
      );
    },
  },
];
