import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { home, install, installed, pathWithoutNet, release, SAYS_VERSION } from "../support/installer.ts";
import { start } from "../support/run.ts";

test.skipIf(process.platform !== "linux")(
  "install.sh names the glibc that a program needs, and what was installed still works (on Linux)",
  async () => {
    await install(["--from", await release(SAYS_VERSION("1.0.0"))]);
    const file = await release(ofNewerGlibc(readFileSync("/bin/true")));

    const result = await install(["--from", file]);

    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `install: ${file} needs glibc 9.99 or newer, and this system has an older one\n`,
    });
    const { stdout } = await start(installed(), [], { home }).done;
    expect(stdout).toBe("sso-cred 1.0.0\n");
  },
);

test.each(["1.2.3", "v1.2.3"])("install.sh --version %s downloads that release", async (version) => {
  const env = { PATH: await pathWithoutNet() };

  const { code, stderr } = await install(["--version", version], { env });

  const sums = "https://github.com/sso-cred/sso-cred/releases/download/v1.2.3/SHA256SUMS";
  expect({ code, stderr }).toEqual({ code: 1, stderr: `install: cannot download ${sums}\n` });
  expect(await home.read("asked")).toMatch(new RegExp(`^-fsSL --proto =https -o .* ${sums}\n$`));
});

/** The same program, linked against a glibc that does not exist: by name and ELF hash. */
function ofNewerGlibc(program: Buffer): Buffer {
  const newer = "GLIBC_9.99";
  const text = program.toString("latin1");
  const [, version = ""] = /\0(GLIBC_2\.\d\d)\0/.exec(text) ?? [];
  const named = text.replace(`\0${version}\0`, `\0${newer}\0`);
  return Buffer.from(
    named.replaceAll(elfHash(version), () => elfHash(newer)),
    "latin1",
  );
}

/** The System V ABI's hash of a symbol's name, as in a file. */
function elfHash(name: string): string {
  let sum = 0;
  for (const byte of Buffer.from(name)) {
    sum = ((sum << 4) + byte) >>> 0;
    const high = sum & 0xf0000000;
    sum = ((sum ^ (high >>> 24)) & ~high) >>> 0;
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(sum);
  return bytes.toString("latin1");
}
