import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../../scripts/toolchain.mjs";
import { EXIT_CODE } from "../../../src/errors.ts";
import { MAX_OUTPUT_BYTES } from "../../../src/hit/credentialProcess.ts";
import { FRESH_MS } from "../../../src/hit/expiry.ts";
import { roleCacheDirectory } from "../../../src/hit/paths.ts";
import { MAX_FILE_BYTES } from "../../../src/hit/printCachedCredentials.ts";
import { commandLine } from "../../../src/init/plan/command.ts";

const source = readFileSync(`${root}src/front/front.c`, "utf8");
const defined = (name: string): unknown =>
  JSON.parse(new RegExp(`^#define ${name} (.+)$`, "m").exec(source)?.[1] ?? "null");

/** Each rule that the native front shares with the program has one value. */
test.each([
  ["MAX_FILE_BYTES", MAX_FILE_BYTES],
  ["FRESH_SECONDS", FRESH_MS / 1000],
  ["EXIT_CONFIG", EXIT_CODE.config],
  ["EXIT_UNAVAILABLE", EXIT_CODE.unavailable],
  ["ROLE_CACHE", `${roleCacheDirectory({ env: { HOME: "/" }, platform: "linux" })}/`],
])("%s of front.c is the program's", (name, value) => {
  expect(defined(name)).toBe(value);
});

test("the front knows the flags and characters of the line that init writes", () => {
  const letters = /static const char plain\[\] = "(.+)"/.exec(source)?.[1] ?? "";
  const target = { session: letters, accountId: "123456789011", roleName: letters };
  const line = commandLine("/sso-cred", target, "linux");
  expect(line.split(" ").slice(1)).toEqual([
    letters,
    defined("ACCOUNT_FLAG"),
    target.accountId,
    defined("ROLE_FLAG"),
    letters,
  ]);
  const others = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
    (letter) => !letters.includes(letter),
  );
  for (const letter of others.filter(
    (letter) => letter >= " " && !/["$`\\%!]/.test(letter) && letter !== "\u007f",
  )) {
    expect(commandLine("/sso-cred", { ...target, roleName: `a${letter}b` }, "linux")).toContain(
      `"a${letter}b"`,
    );
  }
});

test("the front answers nothing that the program would not", () => {
  expect(defined("BUFFER_BYTES")).toBeLessThanOrEqual(MAX_OUTPUT_BYTES);
});
