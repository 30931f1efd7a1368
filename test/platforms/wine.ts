import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Missing } from "./machine.ts";

/** Debian's `wine` is a script that warns about 32-bit programs; the real one is beside it. */
const PROGRAMS = ["/usr/lib/wine/wine64", "wine64", "wine"];
/** The first start creates all of C:. */
const FIRST_START_MS = 180_000;

/** A Windows installation of its own, in a temporary folder. */
export interface Wine {
  /** `Wine 8.0`. */
  readonly version: string;
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that is C:. */
  readonly drive: string;
  /** Ends all its processes and removes it. */
  close(): Promise<void>;
}

export async function openWine(): Promise<Wine | Missing> {
  if (process.platform === "win32") return { missing: "this machine is one: npm test runs it" };
  if (process.arch !== "x64") return { missing: "Wine runs programs for this processor only" };
  const program = PROGRAMS.find((name) => spawnSync(name, ["--version"]).status === 0);
  if (program === undefined) return { missing: `no Wine here (Debian: apt-get install wine)` };
  const version = String(spawnSync(program, ["--version"]).stdout).trim();
  const folder = await mkdtemp(join(tmpdir(), "sso-cred-wine-"));
  const environment = {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    WINEPREFIX: join(folder, "prefix"),
    WINEDEBUG: "-all",
    // Without a browser engine, .NET, and entries in the desktop's menus.
    WINEDLLOVERRIDES: "mscoree=;mshtml=;winemenubuilder.exe=",
    LC_ALL: "C.UTF-8",
  };
  const run = (file: string, args: readonly string[]) =>
    spawnSync(file, args, { env: environment, timeout: FIRST_START_MS, encoding: "utf8" });
  async function close(): Promise<void> {
    const server =
      ["/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver"].find(existsSync) ?? "wineserver";
    run(server, ["-k"]);
    run(server, ["-w"]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  for (const args of [
    ["wineboot", "-i"],
    ["winecfg", "-v", "win10"],
  ]) {
    const { status, stderr } = run(program, args);
    if (status === 0) continue;
    await close();
    return {
      missing: `${version} does not start: wine ${args[0]} ended with ${status}: ${stderr.trim().slice(-200)}`,
    };
  }
  const drive = join(environment.WINEPREFIX, "drive_c");
  return { version: version.replace("wine-", "Wine "), program, environment, drive, close };
}
