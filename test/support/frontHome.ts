import { afterEach, beforeEach } from "vitest";
import { hasFront } from "./builtExecutable.ts";
import { call, type LoneFront, loneFront } from "./fronts.ts";
import { cacheRole, type Home, makeHome, sessionSection } from "./home.ts";

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
export const cached = () => cacheRole(home);
