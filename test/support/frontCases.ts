import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { change, type FrontCase } from "./frontChanges.ts";
import { fc } from "./fuzzing.ts";
import { isoSeconds, rolePath } from "./home.ts";

const PLAIN = [..."ABCXYZabcxyz0189_.@/%:+=,-"];
const plainName = fc
  .array(fc.constantFrom(...PLAIN), { minLength: 1, maxLength: 40 })
  .map((letters) => letters.join(""))
  .filter((name) => !name.startsWith("-") && name !== "init");
const account = fc.stringMatching(/^\d{12}$/);
const printableAscii = fc
  .string({ minLength: 1, maxLength: 40 })
  .map((text) => text.replace(/[^\x20-\x7e]|["\\]/g, "x"));
const secretLike = fc.stringMatching(/^[A-Za-z0-9+/=]{16,64}$/);

interface Credentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
}

const credentials: fc.Arbitrary<Credentials> = fc.record({
  AccessKeyId: secretLike,
  SecretAccessKey: secretLike,
  SessionToken: fc.oneof(
    secretLike,
    printableAscii,
    fc.integer({ min: 500, max: 3500 }).map((length) => "t".repeat(length)),
  ),
});

/** Text as Python's json.dumps and our own writer write it, with or without our own fields. */
function fileText(
  keys: Credentials,
  expiration: string,
  { accountId, ours }: { accountId?: string; ours?: object },
): string {
  const fields = {
    ...keys,
    Expiration: expiration,
    ...(accountId === undefined ? {} : { AccountId: accountId }),
  };
  const whole = { ProviderType: "sso", Credentials: fields, ...(ours && { SsoCred: ours }) };
  return JSON.stringify(whole).replaceAll('":', '": ').replaceAll(',"', ', "');
}

/**
 * The line that `init` writes, with a fresh file that we or the AWS CLI wrote: the case that the
 * front handles.
 */
export const hits: fc.Arbitrary<FrontCase> = fc
  .record({
    session: plainName,
    accountId: account,
    roleName: plainName,
    keys: credentials,
    // 30 s more than a hit needs, so that it is one on a busy machine, too.
    livesFor: fc.oneof(
      fc.integer({ min: 930, max: 43_200 }),
      fc.constantFrom(930, 86_400 * 400, 86_400 * 9000, 86_400 * 27_300, 86_400 * 2_000_000),
    ),
    withAccount: fc.boolean(),
    withOurs: fc.boolean(),
    portal: fc.option(fc.constantFrom("http://127.0.0.1:4566", "https://portal.example/sso"), {
      nil: undefined,
    }),
    variable: fc.constantFrom("AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"),
  })
  .map(({ livesFor, ...rest }) => ({ ...rest, expiresAt: Date.now() + livesFor * 1000 }))
  .map(({ session, accountId, roleName, keys, expiresAt, withAccount, withOurs, portal, variable }) => ({
    args: [session, "--account-id", accountId, "--role-name", roleName],
    env: portal === undefined ? {} : { [variable]: portal },
    content: fileText(keys, isoSeconds(expiresAt), {
      ...(withAccount && { accountId }),
      ...(withOurs && {
        ours: {
          ...{ session, accountId, roleName },
          ...{ startUrl: "https://d-1234567890.awsapps.com/start", region: "eu-west-1" },
          ...(portal === undefined ? {} : { endpoint: portal }),
        },
      }),
    }),
    place: "file" as const,
    expiresAt,
  }));

/** Hits with one or two changes. */
export const nearHits: fc.Arbitrary<FrontCase> = fc
  .tuple(hits, fc.array(change, { minLength: 1, maxLength: 2 }))
  .map(([hit, changes]) => changes.reduce((one, apply) => apply(one), hit));

/** Puts the case's file into a home. */
export function setUp({ args, content, place }: FrontCase, home: string): void {
  const [session = "", , accountId = "", , roleName = ""] = args;
  const path = join(home, rolePath(session, accountId, roleName));
  mkdirSync(dirname(path), { recursive: true });
  // One byte for each character, so that invalid UTF-8 occurs too; other characters are written as
  // UTF-8.
  const bytes = /[^\0-\xff]/.test(content) ? Buffer.from(content) : Buffer.from(content, "latin1");
  if (place === "file") writeFileSync(path, bytes);
  else if (place === "unreadable") writeFileSync(path, bytes, { mode: 0 });
  else if (place === "folder") mkdirSync(path);
  else if (place === "pipe") execFileSync("mkfifo", [path]);
  else if (place !== "nothing") {
    const targets = { link: join(home, "elsewhere"), device: "/dev/null", endless: "/dev/zero" };
    if (place === "link") writeFileSync(targets.link, bytes);
    symlinkSync(targets[place], path);
  }
}
