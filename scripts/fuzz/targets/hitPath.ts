import assert from "node:assert/strict";
import { ftruncateSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { printCachedCredentials } from "../../../src/hit/printCachedCredentials.ts";
import { makeHome } from "../../../test/support/home.ts";
import { ACCOUNT, goodFiles, MAIN_JOB, ROLE_FILE } from "../../../test/unit/fuzz/properties/homeFiles.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

const STDOUT = 1;
const ROLE = JSON.stringify(goodFiles(Date.now() + 3 * 3_600_000)[ROLE_FILE]);

/** The hit path on a cache file that holds anything: it prints one whole document that lives, or leaves the run to others. */
export const target: FuzzTarget = {
  parts: ["the role's cache file", "the command line, a word a line"],
  seeds: textInputs([ROLE, MAIN_JOB.join("\n")], ["{}", MAIN_JOB.join("\n")], [ROLE, "init\n--account-id"]),
  batch: 40,
  async open({ stdout }) {
    const home = await makeHome();
    mkdirSync(join(home.path, dirname(ROLE_FILE)), { recursive: true });
    return {
      run([file = Buffer.of(), line = Buffer.of()]) {
        writeFileSync(join(home.path, ROLE_FILE), file);
        const isHit = printCachedCredentials(line.toString().split("\n"), home.env, "linux");
        const printed = readFileSync(stdout, "utf8");
        if (!isHit) return assert.equal(printed, "");
        ftruncateSync(STDOUT, 0);
        assert.match(printed, /^[^\p{Cc}]*\n$/u);
        assert.ok(Buffer.byteLength(printed) < 8_192);
        const { Version, AccountId, Expiration, ...keys } = JSON.parse(printed);
        assert.deepEqual([Version, AccountId], [1, ACCOUNT]);
        assert.ok(Date.parse(Expiration) > Date.now());
        const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(file.toString()).Credentials;
        assert.deepEqual(keys, { AccessKeyId, SecretAccessKey, SessionToken });
      },
      close: () => home.remove(),
    };
  },
};
