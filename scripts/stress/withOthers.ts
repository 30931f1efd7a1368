import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenPath } from "../../test/support/home.ts";
import type { RunResult } from "../../test/support/run.ts";
import { awsV2, type Found, javaScriptClient, type Program, pythonClients } from "../interop/clients.ts";
import { openWorld, type World, whoAmI } from "../interop/world.ts";
import { type Random, seeded } from "./random.ts";
import type { Expect, Figures, Suite } from "./report.ts";
import { isGoodOutput, jsonIn, ROLE, SESSION } from "./stage.ts";
import { tearFiles } from "./tornWriter.ts";

/** So short that every caller, ours and theirs, has to refresh; ours uses a token while it has 60 s left. */
const SHORT_LIFE_SECONDS = 62;
/** Between two sign-ins or sign-outs of one kind. */
const PAUSE_MS = 5_000;

interface Others {
  boto3: Found;
  awsV1: Found;
  v2: Found;
  js: Program;
}

/** Other tools, which know no lock and write as they like, on the same files at the same time. */
export const withOthers: Suite = {
  name: "withOthers",
  title: "With others",
  async run({ report, short, seed }) {
    const { boto3, awsV1 } = pythonClients();
    const others: Others = { boto3, awsV1, v2: awsV2(), js: javaScriptClient() };
    for (const client of Object.values(others)) {
      report.note(
        "missing" in client ? `NOT RUN: ${client.name}: ${client.missing}` : `Beside us: ${client.name}.`,
      );
    }
    const share = short ? 0.12 : 1;
    await report.row("all refresh at once", (expect) => refreshing(others, 60_000 * share, expect));
    await report.row("logins and logouts", (expect) =>
      loginsAndLogouts(others, 45_000 * share, seed, expect),
    );
    await report.row("a writer that tears", (expect) => torn(15_000 * share, seed, expect));
  },
};

/** One kind of command, again and again. `failures`: it failed, `twice`: it did so again after one call of ours. */
interface Loop {
  name: string;
  commands: number;
  failures: number;
  twice: number;
}

async function refreshing(others: Others, ms: number, expect: Expect): Promise<Figures> {
  const world = await openWorld({ center: { roleCredentialSeconds: SHORT_LIFE_SECONDS } });
  world.center.settings.accessTokenSeconds = SHORT_LIFE_SECONDS;
  try {
    await world.signIn(SHORT_LIFE_SECONDS);
    const until = performance.now() + ms;
    const theirs = (name: string, found: Found, args: string[]) =>
      "missing" in found ? [] : [theirLoop(name, until, world, expect, () => world.client(found, args))];
    const loops = await Promise.all([
      ourLoop(until, world, expect),
      ourLoop(until, world, expect),
      ...theirs("boto3", others.boto3, ["sso"]),
      ...theirs("boto3 through us", others.boto3, ["dev"]),
      ...theirs("AWS CLI v1", others.awsV1, whoAmI(world.center, "sso")),
      ...theirs("AWS CLI v2", others.v2, whoAmI(world.center, "sso")),
      ...theirs("JavaScript", others.js, ["fromSSO", "sso"]),
    ]);
    const tabs = world.browser.opened().length;
    await expectUsable(world, expect);
    const refreshes = world.center.requests.filter(({ body }) => grantType(body) === "refresh_token");
    return {
      ...loopFigures(loops),
      refreshes: refreshes.filter(({ status }) => status === 200).length,
      invalid_grant: refreshes.filter(({ status }) => status !== 200).length,
      "sign-ins it cost": tabs,
    };
  } finally {
    await world.close();
  }
}

async function ourLoop(until: number, world: World, expect: Expect, roles = [ROLE, "Admin"]): Promise<Loop> {
  const loop = { name: "ours", commands: 0, failures: 0, twice: 0 };
  while (performance.now() < until) {
    const roleName = roles[loop.commands++ % roles.length] ?? ROLE;
    const { code, stdout, stderr } = await world.call({ roleName }).done;
    const good = code === 0 && isGoodOutput(stdout, world.center);
    if (!good) loop.failures++;
    expect(good, `ours: exit ${code}: ${stderr.trim()}`);
  }
  return loop;
}

/** A command of theirs may fail once for what another tool did to the file; after a call of ours it works. */
async function theirLoop(
  name: string,
  until: number,
  world: World,
  expect: Expect,
  command: () => Promise<RunResult>,
): Promise<Loop> {
  const loop = { name, commands: 0, failures: 0, twice: 0 };
  while (performance.now() < until) {
    loop.commands++;
    if ((await command()).code === 0) continue;
    loop.failures++;
    await world.call().done;
    const again = await command();
    if (again.code === 0) continue;
    loop.twice++;
    expect(false, `${name} failed twice: ${again.stderr.trim().split("\n").at(-1)}`);
  }
  return loop;
}

/** Main-job calls between sign-ins and sign-outs of both tools; a logout that comes first is told, and no more. */
async function loginsAndLogouts(others: Others, ms: number, seed: string, expect: Expect): Promise<Figures> {
  const world = await openWorld({
    center: { roleCredentialSeconds: SHORT_LIFE_SECONDS },
    // The AWS CLI before 2.22 does not look for which grant a shared registration was made.
    env: { SSO_CRED_LOGIN: "device" },
  });
  try {
    const random = seeded(seed, "withOthers", "logins");
    const until = performance.now() + ms;
    const { v2 } = others;
    const aws = (word: string, args: string[]) =>
      "missing" in v2 ? [] : [theirs(`aws ${word}`, () => world.client(v2, ["sso", word, ...args]))];
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
        // The file went away under its hands: once is forgiven.
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
    await expectUsable(world, expect);
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

/** The token lives; only its file is in pieces again and again, as SDKs write it that truncate or overwrite in place. */
async function torn(ms: number, seed: string, expect: Expect): Promise<Figures> {
  const world = await openWorld({ center: { roleCredentialSeconds: SHORT_LIFE_SECONDS } });
  try {
    const file = await world.signIn(7200);
    const random: Random = seeded(seed, "withOthers", "torn");
    const stop = tearFiles(join(world.home.path, tokenPath(SESSION)), file, random);
    const until = performance.now() + ms;
    const loops = await Promise.all([ourLoop(until, world, expect), ourLoop(until, world, expect)]);
    const writes = await stop();
    const tabs = world.browser.opened().length;
    expect(tabs === 0, `a torn file cost ${tabs} sign-ins`);
    const refreshes = world.center.count("/token");
    expect(refreshes === 0, `a torn file cost ${refreshes} requests to /token`);
    await expectUsable(world, expect);
    return { ...loopFigures(loops), theirs: `${writes} torn writes`, "sign-ins it cost": tabs };
  } finally {
    await world.close();
  }
}

/** What is there at the end serves us without a person, and is whole. */
async function expectUsable(world: World, expect: Expect): Promise<void> {
  const last = await world.call().done;
  expect(last.code === 0, `last call: exit ${last.code}: ${last.stderr.trim()}`);
  const file = jsonIn(join(world.home.path, tokenPath(SESSION)));
  const known = world.center.state.refreshTokens.get(String(file?.refreshToken));
  const lives = Date.parse(String(file?.expiresAt)) > Date.now();
  expect(lives || known?.usedAt === undefined, "the last token is no good");
  expect(world.center.state.accessTokens.has(String(file?.accessToken)), "the last access token is unknown");
}

function loopFigures(loops: readonly Loop[]): Figures {
  const text = ({ commands, failures, twice }: Loop) =>
    failures === 0 ? `${commands}` : `${commands} (${failures} failed once, ${twice} twice)`;
  const ours = loops.filter(({ name }) => name === "ours");
  const sum = ours.reduce((total, { commands }) => total + commands, 0);
  const failures = ours.reduce((total, loop) => total + loop.failures, 0);
  return {
    ours: `${sum} calls, ${failures} failed`,
    theirs: loops
      .filter(({ name }) => name !== "ours")
      .map((loop) => `${loop.name} ${text(loop)}`)
      .join(", "),
  };
}

function grantType(body: unknown): unknown {
  return (body as { grantType?: unknown } | null)?.grantType;
}
