import { afterEach, beforeEach } from "vitest";
import { hasFront } from "./builtExecutable.ts";
import { call, type LoneFront, loneFront } from "./fronts.ts";
import { type Home, makeHome, roleFile, rolePath, sessionSection } from "./home.ts";

/** A home with the session `corp` and a front without its program, for each test. */
export let home: Home;
export let front: LoneFront;
beforeEach(async () => {
  if (!hasFront) return;
  home = await makeHome({ config: sessionSection("corp") });
  front = loneFront();
});
afterEach(async () => {
  if (!hasFront) return;
  front.remove();
  await home.remove();
});

export const run = (args: readonly string[], env: Record<string, string> = {}, file = front.file) =>
  call(file, args, { env: { HOME: home.path, ...env }, cwd: home.path });

/** Puts the credentials of the main job into the cache. */
export const cached = () =>
  home.write(rolePath("corp", "123456789011", "ReadOnly"), roleFile(Date.now() + 3_600_000, "123456789011"));
