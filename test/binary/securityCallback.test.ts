import { request } from "node:http";
import { expect, test } from "vitest";
import { binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { makeBrowser } from "../support/browser.ts";
import { tokenPath } from "../support/home.ts";
import { startBinary } from "../support/run.ts";

/** A sign-in whose page has not been visited yet. */
async function openSignIn() {
  const world = await binaryWorld({ browser: "ignore" });
  const caller = startBinary(MAIN_JOB, world.options);
  await world.pending("open");
  const url = new URL(world.browser.opened()[0] ?? "");
  const callback = new URL(url.searchParams.get("redirect_uri") ?? "");
  const state = url.searchParams.get("state") ?? "";
  return { ...world, caller, url, callback, state };
}

interface Page {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
}

function ask(
  port: string,
  path: string,
  method = "GET",
  headers: Record<string, string> = {},
): Promise<Page> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      response.resume().on("end", () => resolve({ status: response.statusCode, headers: response.headers }));
    })
      .on("error", reject)
      .end();
  });
}

test("requests of other pages and programs to an open sign-in change nothing, and it then succeeds", async () => {
  const { caller, url, callback, state, home, center, pending, noWorker } = await openSignIn();
  const { port, pathname } = callback;
  const right = `${pathname}?code=evil&state=${state}`;
  const cross = {
    origin: "https://evil.example",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
  };
  const attacks: [path: string, method?: string, headers?: Record<string, string>][] = [
    [right, "GET", { host: "evil.example" }],
    [right, "GET", { host: `evil.example:${port}` }],
    [right, "GET", { host: `localhost:${port}` }],
    [right, "GET", { host: "127.0.0.1" }],
    [right, "POST", { ...cross, "content-type": "text/plain" }],
    [right, "HEAD"],
    [
      right,
      "OPTIONS",
      { ...cross, "access-control-request-method": "GET", "access-control-request-private-network": "true" },
    ],
    [right, "PUT"],
    [`${pathname}?code=evil`, "GET", cross],
    [`${pathname}?code=evil&state=`],
    [`${pathname}?code=evil&state=${state.slice(0, -1)}`],
    [`${pathname}?code=evil&state=${state}x`],
    [`${pathname}?error=access_denied&state=00000000-0000-4000-8000-000000000000`],
    [`${pathname}?error=access_denied`],
    [`/?code=evil&state=${state}`],
    [`${pathname}/../callback?code=evil&state=${state}`],
    [`http://evil.example${right}`],
  ];
  for (const [path, method, headers] of attacks) {
    const page = await ask(port, path, method, headers);
    expect({ path, method, status: page.status }).toEqual({ path, method, status: 400 });
    const names = Object.keys(page.headers);
    expect(names.filter((name) => /^access-control-|^location$|^set-cookie$/.test(name))).toEqual([]);
  }
  expect((await pending("open")).state).toBe("open");
  expect([await home.exists(tokenPath("corp")), center.count("/token")]).toEqual([false, 0]);

  const page = await fetch(url);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("You are signed in")]);
  expect(await caller.done).toMatchObject({ code: 0, stderr: "" });
  await noWorker();
  expect(center.count("/token")).toBe(1);
  // Nobody listens for a replayed request.
  await expect(ask(port, right)).rejects.toThrow("ECONNREFUSED");
});

test("a code that the service did not issue is rejected by it, and `login` starts again", async () => {
  const { caller, callback, state, center, run, noWorker, home } = await openSignIn();
  const { status } = await ask(callback.port, `${callback.pathname}?code=injected&state=${state}`);
  expect(status).toBe(400);
  const { code, stdout, stderr } = await caller.done;
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toMatch(/^sso-cred: the sign-in to 'corp' failed: [^\n]*\n$/);
  await noWorker();
  expect(await home.exists(tokenPath("corp"))).toBe(false);
  expect((await run(["login", "corp"], { BROWSER: makeBrowser(home.path, "visit").command })).code).toBe(0);
  expect(center.count("/token", ({ status: answered }) => answered === 400)).toBe(1);
});

test("each sign-in has a state and a challenge of its own, of 122 random bits and more, and the verifier stays inside", async () => {
  const worlds = await Promise.all([openSignIn(), openSignIn()]);
  for (const name of ["state", "code_challenge", "redirect_uri"]) {
    expect(new Set(worlds.map(({ url }) => url.searchParams.get(name))).size).toBe(2);
  }
  for (const { url, caller, center } of worlds) {
    expect(url.searchParams.get("state")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    expect(url.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    await fetch(url);
    expect((await caller.done).code).toBe(0);
    const [token] = center.requests.filter(({ path }) => path === "/token");
    expect(token?.body).toMatchObject({ codeVerifier: expect.stringMatching(/^[\w-]{43,128}$/) });
  }
});

test("a challenge of another program does not match our verifier: the service rejects it", async () => {
  const { caller, url, noWorker } = await openSignIn();
  url.searchParams.set("code_challenge", "A".repeat(43));
  expect((await fetch(url)).status).toBe(400);
  expect((await caller.done).code).toBe(5);
  await noWorker();
});
