import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { BARE_PATH, type RunOptions, start } from "../support/run.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const install = (args: readonly string[], options: RunOptions = {}) =>
  start("/bin/sh", [SCRIPT, ...args], { home, ...options }).done;

/** Installs a program from a file. */
async function installed(name: string, content: string | Buffer) {
  const file = join(home.path, name);
  writeFileSync(file, content);
  const sum = createHash("sha256").update(content).digest("hex");
  await home.write("SHA256SUMS", `${sum}  ${name}\n`);
  return { file, ...(await install(["--from", file])) };
}

test.skipIf(process.platform !== "linux")(
  "install.sh names the glibc that a program needs, and what was installed still works",
  async () => {
    await installed("older", "#!/bin/sh\necho 'sso-cred 1.0.0'\n");

    const { file, ...result } = await installed("newer", ofNewerGlibc(readFileSync("/bin/true")));

    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `install: ${file} needs glibc 9.99 or newer, and this system has an older one\n`,
    });
    const { stdout } = await start(join(home.path, ".local/bin/sso-cred"), [], { home }).done;
    expect(stdout).toBe("sso-cred 1.0.0\n");
  },
);

test.each(["1.2.3", "v1.2.3"])("install.sh --version %s downloads that release", async (version) => {
  await home.write("tools/curl", `#!/bin/sh\necho "$@" >> '${home.path}/asked'\nexit 22\n`, 0o755);
  const env = { PATH: `${join(home.path, "tools")}:${BARE_PATH}` };

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

/** The hash of the System V ABI for a symbol's name, as it stands in a file. */
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
