import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { awsV2 } from "../interop/awsCli.ts";
import { javaScriptClient, pythonClients } from "../interop/clients.ts";
import { browserForAws, openWorld } from "../interop/world.ts";
import { rolePath, tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { expectLastCall, expectUsable, loopFigures, ourLoop } from "./otherTools.ts";
import { type Random, seeded } from "./random.ts";
import type { Expect, Figures } from "./report.ts";
import { type Others, refreshing } from "./sharedRefresh.ts";
import { ACCOUNT, isGoodOutput, jsonIn, ROLE, SESSION } from "./stage.ts";
import { defineSuite } from "./suite.ts";
import { tokenFault } from "./tokenFault.ts";
import { tearFiles } from "./tornWriter.ts";

/** So short that cached role credentials serve a call or two before the token is needed. */
const SHORT_LIFE_SECONDS = 62;
/** The pause between two sign-ins or sign-outs of one kind. */
const PAUSE_MS = 5_000;

/** Other tools, which take no lock and write in place, use the same files at the same time. */
defineSuite({
  name: "withOthers",
  title: "With others",
  async run({ report, short, seed }) {
    const { boto3, awsV1 } = pythonClients();
    const others: Others = { boto3, awsV1, v2: awsV2()[0], js: javaScriptClient() };
    for (const client of Object.values(others)) {
      report.note(
        "missing" in client ? `NOT RUN: ${client.name}: ${client.missing}` : `Beside us: ${client.name}.`,
      );
    }
    const span = short
      ? { ms: 12_000, ours: 3, mostMs: 150_000 }
      : { ms: 120_000, ours: 15, mostMs: 480_000 };
    const share = short ? 0.12 : 1;
    await report.row("all refresh at once", (expect) =>
      refreshing(others, span, seeded(seed, "withOthers", "refreshing"), expect),
    );
    await report.row("logins and logouts", (expect) =>
      loginsAndLogouts(others, 45_000 * share, seed, expect),
    );
    await report.row("a writer that tears", (expect) => torn(15_000 * share, seed, expect));
  },
});

/**
 * Main-job calls between sign-ins and sign-outs of both tools. They may report a logout that came
 * first.
 */
async function loginsAndLogouts(others: Others, ms: number, seed: string, expect: Expect): Promise<Figures> {
  const world = await openWorld({
    center: { roleCredentialSeconds: SHORT_LIFE_SECONDS },
    // The AWS CLI before 2.22 does not check which grant a shared registration was made for.
    env: { SSO_CRED_LOGIN: "device" },
  });
  try {
    const random = seeded(seed, "withOthers", "logins");
    const until = performance.now() + ms;
    const { v2 } = others;
    const aws = (word: string, args: string[]) =>
      "missing" in v2
        ? []
        : [theirs(`aws ${word}`, () => world.client(v2, ["sso", word, ...args], browserForAws(world)))];
    const codes = new Map<string, number>();
    const note = (name: string, code: number | null) =>
      codes.set(`${name} ${code}`, (codes.get(`${name} ${code}`) ?? 0) + 1);
    async function calls(): Promise<void> {
      while (performance.now() < until) {
        const { code, stdout, stderr } = await world.call().done;
        note("call", code);
        const signedOut = code === 4 || (code === 5 && stderr.includes("refuses even the new sign-in"));
        expect(code === 0 || signedOut, `call: exit ${code}: ${stderr.trim()}`);
        if (code === 0) expect(isGoodOutput(stdout, world.center), `call: output ${stdout}`);
      }
    }
    async function ours(word: "login" | "logout"): Promise<void> {
      while (performance.now() < until) {
        await sleep(random.between(0, PAUSE_MS));
        const { code, stderr } = await world.start([word, SESSION], { deadlineMs: 60_000 }).done;
        note(word, code);
        const good = code === 0 || (word === "login" && code === 4);
        expect(good, `${word}: exit ${code}: ${stderr.trim()}`);
      }
    }
    async function theirs(name: string, command: () => Promise<RunResult>): Promise<void> {
      while (performance.now() < until) {
        await sleep(random.between(0, PAUSE_MS));
        const first = await command();
        note(name, first.code);
        // The file was removed during the command; this may happen once.
        const { code, stderr } = first.code === 0 ? first : await command();
        expect(code === 0, `${name}: exit ${code}: ${stderr.trim().split("\n").at(-1)}`);
      }
    }
    await Promise.all([
      calls(),
      calls(),
      ours("login"),
      ours("logout"),
      ...aws("login", ["--sso-session", SESSION]),
      ...aws("logout", []),
    ]);
    // At the end either nobody is signed in, or somebody is, with all files.
    const fault = tokenFault(world);
    expect(fault === undefined || fault === "it is not there", `the token file at the end: ${fault}`);
    await expectLastCall(world, expect);
    const count = (...names: string[]) => names.reduce((sum, name) => sum + (codes.get(name) ?? 0), 0);
    return {
      ours: `${count("call 0", "call 4", "call 5")} calls (${count("call 4", "call 5")} met a logout), ${count("login 0", "login 4")} logins, ${count("logout 0")} logouts`,
      theirs: [...codes]
        .filter(([name]) => name.startsWith("aws"))
        .map(([name, n]) => `${n} × ${name.replace(/ (\d+)$/, " (exit $1)")}`)
        .join(", "),
      "sign-ins it cost": "",
    };
  } finally {
    await world.close();
  }
}

/**
 * Everything is valid, but the files are incomplete again and again, as after SDKs that truncate or
 * overwrite in place.
 */
async function torn(ms: number, seed: string, expect: Expect): Promise<Figures> {
  const world = await openWorld({
    center: { roleCredentialSeconds: SHORT_LIFE_SECONDS },
    env: { SSO_CRED_LOGIN: "never" },
  });
  try {
    const token = await world.signIn(7200);
    await world.cacheRole(1800, "Admin");
    const role = jsonIn(join(world.home.path, rolePath(SESSION, ACCOUNT, "Admin"))) ?? {};
    const random = (what: string): Random => seeded(seed, "withOthers", "torn", what);
    const stops = [
      tearFiles(join(world.home.path, tokenPath(SESSION)), token, random("token")),
      tearFiles(join(world.home.path, rolePath(SESSION, ACCOUNT, "Admin")), role, random("role")),
    ];
    const until = performance.now() + ms;
    const lasts = () => performance.now() < until;
    const loops = await Promise.all([
      ourLoop(world, { lasts }, expect, { roleName: ROLE }),
      ourLoop(world, { lasts }, expect, { roleName: ROLE, env: { SSO_CRED_CACHE: "off" } }),
      ourLoop(world, { lasts }, expect, { roleName: "Admin" }),
    ]);
    const writes = (await Promise.all(stops.map((stop) => stop()))).reduce((sum, count) => sum + count, 0);
    await expectUsable(world, expect);
    const tabs = world.browser.opened().length;
    expect(tabs === 0, `torn files cost ${tabs} sign-ins`);
    const asked = world.center.requests.filter(({ service }) => service === "oidc").length;
    expect(asked === 0, `torn files cost ${asked} requests to OIDC`);
    return { ...loopFigures(loops), theirs: `${writes} torn writes`, "sign-ins it cost": tabs };
  } finally {
    await world.close();
  }
}
