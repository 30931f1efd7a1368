import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
// Loaded before the clock runs: the program would load it in the middle of a run.
import "../../src/identityCenter/oidcSdk.ts";
import "../../src/identityCenter/portalSdk.ts";
import { runCli } from "../../src/cli/cli.ts";
import { runLoginWorker } from "../../src/signIn/worker/loginWorker.ts";
import { fakeClock } from "./fakeClock.ts";
import { type FakeSystem, fakeSystem } from "./fakeSystem.ts";
import { type Script, scriptedServer } from "./scriptedServer.ts";
import { temporaryHome } from "./temporary.ts";

const VECTORS = fileURLToPath(new URL("../vectors/aws-cli-2.36.7/", import.meta.url));
const CACHES = ["sso/cache", "cli/cache"];

interface Replay {
  scenario: string;
  /** The time of the AWS CLI's run. */
  at: string;
  args: string[];
  script: Script;
  /** The scenario whose files exist at the start. */
  after?: string;
  env?: Record<string, string>;
  prepare?: (aws: string) => void;
}

/** Runs our program instead of the AWS CLI, with the same config, clock and responses. */
export async function replay({ scenario, at, args, script, after, env = {}, prepare }: Replay) {
  const home = await temporaryHome();
  const aws = join(home.path, ".aws");
  cpSync(join(VECTORS, after ?? scenario, "dot-aws"), aws, { recursive: true });
  for (const cache of CACHES) {
    if (!after) rmSync(join(aws, cache), { recursive: true, force: true });
    // git does not keep the mode.
    for (const name of Object.keys(filesOf(join(aws, cache)))) chmodSync(join(aws, cache, name), 0o600);
  }
  prepare?.(aws);
  const server = await scriptedServer(script);
  const clock = fakeClock(Date.parse(at));
  const endpoints = { AWS_ENDPOINT_URL_SSO: server.url, AWS_ENDPOINT_URL_SSO_OIDC: server.url };
  const conditions = { env: { ...home.env, ...endpoints, ...env }, clock };
  let worker: FakeSystem | undefined;
  let working: Promise<void> | undefined;
  const system = fakeSystem({
    ...conditions,
    terminal: "tty",
    startDetached: ([, key = "", id = ""]) => {
      worker = fakeSystem({ ...conditions, browser: env.DISPLAY ? "visit" : "none" });
      working = runLoginWorker(key, id, worker);
    },
  });
  const code = await runCli(args, system);
  await working;
  await worker?.visits();
  return { scenario, code, system, aws, requests: server.requests };
}

type Replayed = Awaited<ReturnType<typeof replay>>;

export function expectAsAwsCli(replayed: Replayed): void {
  expectSameRequests(replayed);
  expectSameFiles(replayed);
}

const expected = (scenario: string) =>
  readFileSync(join(VECTORS, scenario, "requests.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as { method: string; path: string; headers: Record<string, string>; body: unknown },
    )
    // The AWS CLI's own call with the credentials, which our program does not make.
    .filter(({ path }) => path !== "/")
    .map(({ method, path, headers, body }) => {
      const [place, query = ""] = path.split("?");
      return {
        method,
        place,
        query: sorted(new URLSearchParams(query)),
        headers: lower(headers),
        body: withoutRandom(body),
      };
    });
const sorted = (query: URLSearchParams) => [...query].map((pair) => pair.join("=")).sort();
const lower = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
/** The body without what differs from run to run: the port and the verifier. */
const withoutRandom = (body: unknown) => {
  if (typeof body !== "object" || body === null || !("codeVerifier" in body)) return body;
  const { redirectUri = "" } = body as { redirectUri?: string };
  return {
    ...body,
    codeVerifier: typeof body.codeVerifier,
    redirectUri: redirectUri.replace(/:\d+\//, ":PORT/"),
  };
};

/** In order, with the headers that the vectors have. The order of a query does not matter. */
function expectSameRequests({ scenario, requests }: Replayed): void {
  const wanted = expected(scenario);
  const got = requests.map(({ method, path, query, headers, body }, i) => ({
    method,
    place: path,
    query: sorted(query),
    headers: Object.fromEntries(Object.keys(wanted[i]?.headers ?? {}).map((name) => [name, headers[name]])),
    body: withoutRandom(body),
  }));
  expect(got).toEqual(wanted);
}

/** The AWS CLI's cache files: name, bytes, mode. In a role's file, our fields follow the CLI's. */
function expectSameFiles({ scenario, aws }: Replayed): void {
  for (const cache of CACHES) {
    const theirs = filesOf(join(VECTORS, scenario, "dot-aws", cache));
    const ours = filesOf(join(aws, cache));
    for (const name of Object.keys(ours)) {
      ours[name] = (ours[name] ?? "").replace(/, "SsoCred": \{[^{}]*\}\}$/, "}");
      expect((statSync(join(aws, cache, name)).mode & 0o777).toString(8)).toBe("600");
    }
    expect(ours).toEqual(theirs);
  }
  const config = (folder: string) => readFileSync(join(folder, "config"), "utf8");
  expect(config(aws)).toBe(config(join(VECTORS, scenario, "dot-aws")));
}

function filesOf(folder: string): Record<string, string> {
  try {
    return Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
  } catch {
    return {};
  }
}
