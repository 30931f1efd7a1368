import { expect, it } from "vitest";
import { ASSIGNMENT, putToken, readTokenFile, roleArguments, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const LOGIN = ["login", "corp"];
const UNAUTHORIZED = { message: "Session token not found or invalid", __type: "x#UnauthorizedException" };
const UNANSWERED = { browser: "ignore", env: { SSO_CRED_WAIT: "5" } } as const;

/** The person visits the open page. */
const visit = async ({ opened }: SignInWorld) => (await fetch(opened().at(-1) ?? "")).text();

it("a refresh by another call does not end `sso-cred login`, whose page stays open", async () => {
  const world = await signInWorld(UNANSWERED);
  const { accessToken } = await putToken(world, { secondsLeft: 90 });
  let isDone = false;
  const person = world.call(LOGIN).finally(() => {
    isDone = true;
  });
  await world.clock.sleep(2_000);
  expect((await world.call()).code).toBe(0);
  const refreshed = (await readTokenFile(world)).accessToken;
  expect(refreshed).not.toBe(accessToken);
  await world.clock.sleep(5_000);
  expect([isDone, world.opened().length]).toEqual([false, 1]);
  expect(await visit(world)).toContain("You are signed in");
  expect((await person).code).toBe(0);
  expect((await readTokenFile(world)).accessToken).not.toBe(refreshed);
  await world.settled();
  expect(await world.traces()).toEqual([]);
});

it("callers whose refreshed tokens the portal rejects do not take each other's for a sign-in", async () => {
  const world = await signedInWorld(UNANSWERED);
  world.center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status: 401, body: UNAUTHORIZED } });
  const calls = ["ReadOnly", "Admin"].map((role) => world.call(roleArguments(role)));
  await world.clock.sleep(1_500);
  calls.push(world.call(roleArguments("Late")));
  const answers = await Promise.all(calls);
  expect(answers.map(({ code }) => code)).toEqual([4, 4, 4]);
  expect(answers.map(({ stderr }) => stderr.includes("is open and waits for you"))).toEqual([
    true,
    true,
    true,
  ]);
  expect(world.opened()).toHaveLength(1);
});

it("a denied sign-in stays denied even if the old token was refreshed meanwhile", async () => {
  const world = await signedInWorld({ secondsLeft: 90, ...UNANSWERED, center: { consent: "deny" } });
  const person = world.call(LOGIN);
  await world.clock.sleep(2_000);
  expect((await world.call(MAIN_JOB)).code).toBe(0);
  await visit(world);
  const { code, stdout } = await person;
  expect([code, stdout]).toEqual([5, ""]);
});
