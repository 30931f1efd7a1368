import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { hits, nearHits } from "../../test/support/frontCases.ts";
import { fc } from "../../test/support/fuzzing.ts";
import { root } from "../toolchain.mjs";

const ACCOUNT = "123456789011";
const FOLDER = `${root}.cache/fuzz-front`;

/** Fuzzes the front with libFuzzer, AddressSanitizer and UBSan. False if a fault was found. */
export function fuzzFront(seconds: number): boolean {
  const program = `${FOLDER}/fuzz`;
  mkdirSync(`${FOLDER}/corpus`, { recursive: true });
  const sanitizers = ["-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"];
  const options = ["-std=c11", "-O1", "-g", ...sanitizers, "-o", program, "test/front/fuzz.c"];
  const { status, stderr } = spawnSync("clang", options, { cwd: root, encoding: "utf8" });
  if (status !== 0) {
    console.log(`SKIPPED: clang with libFuzzer is needed: ${stderr?.split("\n")[0] ?? "there is no clang"}`);
    return true;
  }
  // The fuzzer's clock and account are fixed.
  fc.sample(fc.oneof(hits, nearHits), 300).forEach(({ args, content }, i) => {
    writeFileSync(`${FOLDER}/corpus/seed-${i}`, content.replaceAll(args[2] ?? ACCOUNT, ACCOUNT), "latin1");
  });
  const words = [
    "ProviderType",
    "Credentials",
    "AccessKeyId",
    "SecretAccessKey",
    "SessionToken",
    "Expiration",
    "AccountId",
  ];
  const texts = [
    ...words,
    "SsoCred",
    "session",
    "accountId",
    "roleName",
    "sso",
    ACCOUNT,
    "2096-02-29T23:59:59Z",
  ];
  writeFileSync(`${FOLDER}/words`, texts.map((text) => `"\\"${text}\\""\n`).join(""));
  try {
    execFileSync(
      program,
      [
        `-max_total_time=${seconds}`,
        "-max_len=70000",
        `-dict=${FOLDER}/words`,
        `-artifact_prefix=${FOLDER}/`,
        `${FOLDER}/corpus`,
      ],
      { stdio: "inherit", env: { HOME: "/home/me" } },
    );
    return true;
  } catch {
    return false;
  }
}
