import { expect, it } from "vitest";
import { binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { NICETIES, REFUSALS, refusing } from "../support/child.ts";
import { rolePath, tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { canMountPrivately } from "../support/smallDisk.ts";
import { canTrace } from "../support/systemCalls.ts";

const EXPIRED = { expiresAt: "2026-01-01T00:00:00Z" };

it.skipIf(!canMountPrivately)(
  "token and role files that are mount points are written in place after a refresh (needs a mount namespace)",
  async () => {
    const world = await signedInWorld({}, EXPIRED);
    const role = rolePath("corp", "123456789011", "ReadOnly");
    await world.home.write(role, "");
    const mounts = 'mount --bind "$1" "$1" && mount --bind "$2" "$2" && shift 2 && exec "$@"';
    const files = [tokenPath("corp"), role].map((path) => `${world.home.path}/${path}`);
    const args = ["-rm", "sh", "-c", mounts, "sh", ...files, BINARY, ...MAIN_JOB];
    const { code, stderr } = await start("unshare", args, world.options).done;
    expect([code, stderr]).toEqual([0, ""]);
    const token = await world.home.readJson(tokenPath("corp"));
    expect(Date.parse(String(token.expiresAt))).toBeGreaterThan(Date.now());
    expect(await world.home.readJson(role)).toMatchObject({ ProviderType: "sso" });
    expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
  },
);

it.skipIf(!canTrace).each(REFUSALS)(
  "a home on a file system without modes, owners and links (%s, by strace): sign-in, role and config are written",
  async (code) => {
    const world = await binaryWorld();
    const [strace = "", ...refused] = refusing(NICETIES, code);
    const run = (...args: string[]) => start(strace, [...refused, BINARY, ...args], world.options).done;
    expect(await run(...MAIN_JOB)).toMatchObject({ code: 0, stderr: "" });
    const init = ["init", "corp", "--account-id", "123456789011", "--role-name", "ReadOnly", "--yes"];
    expect(await run(...init)).toMatchObject({ code: 0 });
    expect(await world.home.exists(rolePath("corp", "123456789011", "ReadOnly"))).toBe(true);
    expect(await world.home.read(".aws/config")).toContain("[profile 123456789011_ReadOnly]");
  },
);
