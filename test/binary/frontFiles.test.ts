import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { writeRoleCredentials } from "../../src/cache/roleCredentialsCache.ts";
import { MAIN_JOB } from "../support/binaryWorld.ts";
import { hasFront } from "../support/builtExecutable.ts";
import { cached, front, home, run } from "../support/frontHome.ts";
import { isoSeconds } from "../support/home.ts";
import { start } from "../support/run.ts";
import { ssoSession } from "../support/sessions.ts";

const VECTORS = new URL("../vectors/aws-cli-2.36.7/", import.meta.url);
const ROLE = { accountId: "111122223333", roleName: "Admin" };
const LINE = ["corp", "--account-id", ROLE.accountId, "--role-name", ROLE.roleName];
const FILE = ".aws/cli/cache/0cdbf32b99792a73981dd3f142bc63ab50240b44.json";

/** Sorts the keys of both levels. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, of]) => [key, sorted(of)]));
}

describe.skipIf(!hasFront)(
  "the front, with no program beside it (needs a C compiler), answers from the file",
  () => {
    test.each(["device-session", "refresh"])("of the AWS CLI (%s)", async (scenario) => {
      const vector = readFileSync(new URL(`${scenario}/dot-${FILE.slice(1)}`, VECTORS), "utf8");
      // Only its time has passed.
      const later = isoSeconds(Date.now() + 3_600_000);
      await home.write(FILE, vector.replace(/(?<="Expiration": ")[^"]+/, later));
      const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(vector).Credentials;
      const { status, stdout, stderr } = run(LINE);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout)).toEqual({
        ...{ Version: 1, AccessKeyId, SecretAccessKey, SessionToken },
        ...{ Expiration: later, AccountId: ROLE.accountId },
      });
    });

    const write = (ssoUrl?: string) => {
      const endpoints = { useFips: false, useDualstack: false, ...(ssoUrl && { ssoUrl }) };
      const role = { session: ssoSession({ endpoints }), ...ROLE };
      const secrets = { accessKeyId: "ASIA1", secretAccessKey: "s/+", sessionToken: "t==" };
      const credentials = { ...secrets, expiration: Date.now() + 3_600_000 };
      const config = home.configFile;
      writeRoleCredentials(role, credentials, { env: { HOME: home.path }, platform: "linux" }, { config });
    };

    test.each([
      ["by JSON.stringify", (text: string) => JSON.stringify(JSON.parse(text))],
      ["with sorted keys", (text: string) => JSON.stringify(sorted(JSON.parse(text)))],
      ["on several lines", (text: string) => JSON.stringify(JSON.parse(text), undefined, 2)],
    ])("of another tool, written %s", async (_, written) => {
      write();
      await home.write(FILE, written(await home.read(FILE)));
      expect(run(LINE)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"ASIA1"') });
    });

    test("of the program", () => {
      write();
      expect(run(LINE)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"ASIA1"') });
    });

    test("of the program, for the portal that the environment names and no other", () => {
      const portal = "http://127.0.0.1:4566";
      write(portal);
      for (const variable of ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"]) {
        expect(run(LINE, { [variable]: portal })).toMatchObject({ status: 0, stderr: "" });
        expect(run(LINE, { [variable]: "http://127.0.0.1:1" })).toMatchObject({ status: 3, stdout: "" });
      }
      expect(run(LINE)).toMatchObject({ status: 3, stdout: "" });
    });
  },
);

describe.skipIf(!hasFront)("the front, with no program beside it (needs a C compiler), does not", () => {
  const shell = (script: string) => start("sh", ["-c", script], { home, env: { FRONT: front.file } }).done;

  test("open a pipe in the place of the file", async () => {
    await home.write(`${FILE}.txt`, "");
    // The writer waits for somebody who opens the pipe.
    const line = `echo kept >${FILE} & "$FRONT" ${LINE.join(" ")} 2>err`;
    const { stdout } = await shell(`cd "$HOME"; mkfifo ${FILE}; ${line}; timeout 10 cat ${FILE}`);
    expect(stdout).toBe("kept\n");
  });

  test("answer from a home whose name Node reads as another, as it is not UTF-8", async () => {
    await cached();
    const line = `"$FRONT" ${MAIN_JOB.join(" ")}`;
    const moved = `cd "$HOME"; HOME="$PWD/$(printf '\\351')"; mkdir "$HOME"; mv .aws "$HOME"`;
    const printed = run(MAIN_JOB).stdout;
    expect(await shell(`${line}; ${moved}; exec ${line}`)).toMatchObject({ code: 3, stdout: printed });
  });
});
