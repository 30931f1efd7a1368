import { expect, test } from "vitest";
import { binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { rolePath, sessionSection, tokenPath } from "../support/home.ts";

test("a refresh removes the role credentials of a session that the config has lost", async () => {
  const world = await binaryWorld({ config: `${sessionSection("corp")}\n${sessionSection("old")}` });
  const { home, run } = world;
  const token = await signedIn(world, { expiresAt: "2020-01-01T00:00:00Z" });
  await home.write(tokenPath("old"), {
    ...token,
    ...world.center.signIn(),
    expiresAt: "2099-01-01T00:00:00Z",
  });
  expect((await run(["old", ...MAIN_JOB.slice(1)])).code).toBe(0);
  const [, , account = "", , role = ""] = MAIN_JOB;
  const path = rolePath("old", account, role);
  expect(await home.exists(path)).toBe(true);

  await home.write(".aws/config", sessionSection("corp"));
  expect((await run(MAIN_JOB)).code).toBe(0);

  await expect.poll(() => home.exists(path)).toBe(false);
});
