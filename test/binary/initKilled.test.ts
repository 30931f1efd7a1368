import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Random, seeded } from "../stress/random.ts";
import { type Home, sessionSection } from "../support/home.ts";
import { BINARY, runBinary, startBinary } from "../support/run.ts";
import { temporaryHome } from "../support/temporary.ts";

const KILLS = 40;
/** Kills that came too early or too late are not counted, but they are limited. */
const MOST_ROUNDS = 160;
const INIT = ["init", "corp", "--account-id", "123456789011", "--role-name", "Admin", "--yes"];
const BACKUP = "config.sso-cred.bak";

const others = Array.from({ length: 1000 }, (_, at) =>
  [`[profile other-${at}]`, "region = eu-west-1 ", `output=json`, `# note ${at}`, ""].join("\n"),
);
/** 5,000 lines; the last one has no line end. */
const OLD = `${sessionSection("corp")}\n${others.join("\n")}`.trimEnd();
const NEW = [
  OLD,
  "",
  "[profile 123456789011_Admin]",
  `credential_process = ${BINARY} corp --account-id 123456789011 --role-name Admin`,
  "region = eu-west-1",
  "output = json",
  "",
].join("\n");
const EARLIER = OLD.replaceAll("region", "# region");

/** How far an apply has come, read from the files. */
const MILESTONES = {
  "the lock is there": ({ locks }: Seen) => locks > 0,
  "the new file is being written": ({ temporary }: Seen) => temporary > 0,
  "the backup is made": ({ backup }: Seen, before: Seen) => backup !== before.backup,
  "the config is replaced": ({ config }: Seen, before: Seen) => config !== before.config,
};
type Milestone = keyof typeof MILESTONES;

interface Seen {
  locks: number;
  temporary: number;
  backup: number | undefined;
  config: number | undefined;
}

function look(aws: string): Seen {
  const inode = (name: string) => statSync(join(aws, name), { throwIfNoEntry: false })?.ino;
  return {
    locks: configLocks(aws).length,
    temporary: readdirSync(aws).filter((name) => name.endsWith(".tmp")).length,
    backup: inode(BACKUP),
    config: inode("config"),
  };
}

function configLocks(aws: string): string[] {
  const folder = join(aws, "sso-cred/locks");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith("config-")) : [];
}

/** Kills a run some time after a milestone. Returns false if it ended earlier. */
async function killAt(home: Home, milestone: Milestone, delayMs: number): Promise<boolean> {
  const aws = join(home.path, ".aws");
  const before = look(aws);
  const run = startBinary(INIT, { home });
  let hasEnded = false;
  run.done.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !MILESTONES[milestone](look(aws), before)) await setImmediate();
  const until = performance.now() + delayMs;
  while (performance.now() < until); // A timer would be too coarse.
  run.kill("SIGKILL");
  return (await run.done).signal === "SIGKILL";
}

function temporaryFiles(aws: string): string[] {
  return readdirSync(aws, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tmp"))
    .map((name) => join(aws, name));
}

const OLD_ENOUGH_SECONDS = 61;

/** Sets the files' times back by the minute after which they may be removed. */
function age(paths: string[]): void {
  const seconds = Date.now() / 1000 - OLD_ENOUGH_SECONDS;
  for (const path of paths) utimesSync(path, seconds, seconds);
}

function isAged(path: string): boolean {
  return statSync(path).mtimeMs <= Date.now() - OLD_ENOUGH_SECONDS * 1000;
}

it(`${KILLS} kills in the middle of an apply to 5,000 lines leave the old text or the new one, and the next run succeeds`, async () => {
  const home = await temporaryHome();
  const aws = join(home.path, ".aws");
  const random: Random = seeded("init", "killed");
  const read = (name: string) => readFileSync(join(aws, name), "utf8");
  const delays: Record<Milestone, number> = {
    "the lock is there": 120,
    "the new file is being written": 10,
    "the backup is made": 1.5,
    "the config is replaced": 4,
  };
  let inTheMiddle = 0;
  for (let round = 0; round < MOST_ROUNDS && inTheMiddle < KILLS; round++) {
    await home.write(".aws/config", OLD, 0o640);
    await home.write(`.aws/${BACKUP}`, EARLIER);
    const milestone = random.pick(Object.keys(MILESTONES) as Milestone[]);
    const delayMs = random.between(0, delays[milestone]);
    const wasKilled = await killAt(home, milestone, delayMs);
    const left = configLocks(aws);
    if (wasKilled && left.length > 0) inTheMiddle++;
    const what = `round ${round}: ${delayMs.toFixed(2)} ms after ${milestone}`;

    const config = read("config");
    const backup = read(BACKUP);
    const isReplaced = config === NEW;
    expect(isReplaced || config === OLD, `${what}: the config is torn`).toBe(true);
    expect(statSync(join(aws, "config")).mode & 0o777, what).toBe(0o640);
    expect(backup === OLD || (backup === EARLIER && !isReplaced), `${what}: the backup is torn`).toBe(true);
    age(temporaryFiles(aws));

    const next = await runBinary(INIT, { home });
    expect([next.code, next.stderr], what).toEqual([0, ""]);
    expect(next.stdout.startsWith("Nothing to change"), what).toBe(isReplaced);
    expect(read("config") === NEW && read(BACKUP) === OLD, `${what}: the next run`).toBe(true);
    expect(configLocks(aws), what).toEqual([]);
    // A run that writes nothing removes nothing. A killed run's `cp` may leave a younger file.
    if (!isReplaced) expect(temporaryFiles(aws).filter(isAged), what).toEqual([]);
  }
  expect(inTheMiddle).toBe(KILLS);

  await home.write(".aws/config", OLD, 0o640);
  age(temporaryFiles(aws));
  expect((await runBinary(INIT, { home })).code).toBe(0);
  expect(temporaryFiles(aws)).toEqual([]);
  expect(readdirSync(aws).sort()).toEqual(["config", BACKUP, "sso-cred"]);
}, 300_000);
