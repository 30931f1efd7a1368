import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { prepareRehearsal } from "../../scripts/build/codeCache.ts";
import { root } from "../../scripts/toolchain.mjs";
import { cacheRole, type Home, makeHome } from "../support/home.ts";
import { makeObservedExecutable, type Observation } from "../support/observedExecutable.ts";
import { start } from "../support/run.ts";

const HIT = ["my-sso", "--account-id", "123456789011", "--role-name", "ReadOnly"];

let observed: Awaited<ReturnType<typeof makeObservedExecutable>>;
let home: Home;
beforeAll(async () => {
  // The packager's warnings about section names are harmless, so the build filters them.
  vi.spyOn(console, "warn").mockImplementation(() => {});
  observed = await makeObservedExecutable();
  home = await makeHome();
});
afterAll(async () => {
  await observed.remove();
  await home.remove();
});

/**
 * Runs the observed executable, with a socket (as Node gives a child) or a shell's pipe as output.
 */
async function observe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  output: "socket" | "pipe" = "socket",
) {
  const file = join(home.path, "observed.json");
  const words = output === "socket" ? [] : ["/bin/sh", "-c", '"$0" "$@" | cat'];
  const [program = "", ...rest] = [...words, observed.file, ...args];
  const { code, stdout, stderr } = await start(program, rest, { home, env: { ...env, OBSERVED: file } }).done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^\{"Version":1,/);
  return JSON.parse(await readFile(file, "utf8")) as Observation;
}

describe("the entry script", () => {
  test("is no larger than 20 kB", async () => {
    const { outputs } = JSON.parse(await readFile(`${root}dist/meta/main.json`, "utf8"));
    const [output] = Object.values(outputs) as { bytes: number }[];
    expect(output?.bytes).toBeLessThanOrEqual(20_000);
  });

  test("loads only node:fs on a hit, which Node has loaded anyway, and runs no chunk", async () => {
    await cacheRole(home, "my-sso");

    // Writing to a socket needs a native binding, which comes without any script.
    for (const [output, loaded] of [
      ["pipe", []],
      ["socket", ["Internal Binding pipe_wrap"]],
    ] as const) {
      const seen = await observe(HIT, {}, output);
      expect(new Set(seen.required)).toEqual(new Set(["node:fs"]));
      expect([seen.loaded, seen.scripts]).toEqual([loaded, []]);
    }
  });
});

describe("the chunks", () => {
  test.each([
    ["portalSdk", "client-sso/"],
    ["oidcSdk", "client-sso-oidc/"],
  ])(
    "%s has no part of the SDK that looks for credentials, signs, or has its own HTTP",
    async (chunk, client) => {
      const { outputs } = JSON.parse(await readFile(`${root}dist/meta/${chunk}.json`, "utf8")) as Metafile;
      const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
      expect(inputs.filter((file) => file.includes(`@aws-sdk/${client}`)).length).toBeGreaterThan(0);
      expect(
        inputs.filter((file) =>
          /node_modules\/.*(credential-provider|signature-v4|node-http-handler|submodules\/checksum\/)/.test(
            file,
          ),
        ),
      ).toEqual([]);
    },
  );

  test("are run on a miss, each from a code cache that V8 accepts", async () => {
    const { args, env, stop } = await prepareRehearsal(join(home.path, "rehearsal"));
    try {
      const { scripts, cacheTag, loaded } = await observe(args, env);
      // The rehearsal's service speaks plain HTTP.
      const idle = [
        "tls",
        "http",
        "_http_client",
        "_http_server",
        "child_process",
        "readline",
        "fs/promises",
        "zlib",
      ];
      expect(loaded.filter((name) => idle.includes(name.replace("NativeModule ", "")))).toEqual([]);
      expect(loaded).toContain("NativeModule net");
      // Node made its own caches without flags, like those of this process.
      expect(cacheTag).toBe(cachedDataVersionTag());
      expect(scripts).toEqual([
        { filename: "cli.js", rejected: false },
        { filename: "oidcSdk.js", rejected: false },
        { filename: "portalSdk.js", rejected: false },
      ]);
    } finally {
      await stop();
    }
  });
});
