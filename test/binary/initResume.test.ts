import { expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { signedInWorld } from "../support/binaryWorld.ts";
import { sessionSection } from "../support/home.ts";
import { startBinary } from "../support/run.ts";
import { until } from "../support/until.ts";

it("a listing that was killed half-way is continued where it was", async () => {
  const world = await signedInWorld({ center: { accounts: generateAccounts(70, 1) } });
  const { home, center } = world;
  const all = () =>
    startBinary(["init", "corp", "--all", "--yes", "--command", "sso-cred"], { home, env: center.env });

  const first = all();
  await until("50 accounts", () => center.count("/assignment/roles") >= 50);
  first.kill("SIGKILL");
  await first.done;
  center.requests.length = 0;
  expect(await home.read(".aws/config")).toBe(sessionSection("corp"));

  expect(await all().done).toMatchObject({ code: 0, stderr: expect.stringContaining("as listed just now") });
  expect(center.count("/assignment/accounts")).toBe(0);
  // The listing is saved every second, so the last second's responses are requested again.
  expect(center.count("/assignment/roles")).toBeLessThan(50);
  expect((await home.read(".aws/config")).match(/^\[profile /gm)).toHaveLength(70);
});
