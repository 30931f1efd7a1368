import { afterAll, beforeAll, test } from "vitest";
import {
  anyBytes,
  anyJson,
  FUZZ_TIMEOUT,
  fc,
  mistypedFields,
  oddWord,
  runs,
  spoiled,
} from "../../support/fuzzing.ts";
import { assertUnpolluted } from "./properties/outcome.ts";
import {
  type Answer,
  type Answers,
  GOOD_ANSWERS,
  goodAnswer,
  serviceAnswers,
} from "./properties/serviceAnswers.ts";

let services: Awaited<ReturnType<typeof serviceAnswers>>;
beforeAll(async () => {
  services = await serviceAnswers();
});
afterAll(() => services.close());

const words = fc.constantFrom(
  "authorization_pending",
  "slow_down",
  "access_denied",
  "expired_token",
  "invalid_grant",
  "invalid_client",
  "UnauthorizedException",
  "ForbiddenException",
  "x#InvalidRequestException:http://x",
);
const complaint = fc
  .record({ error: words, error_description: oddWord, __type: words, message: oddWord }, { requiredKeys: [] })
  .map((fields) => Buffer.from(JSON.stringify(fields)));

/** The page tokens of a listing end with it. Another test has a server that never ends a list. */
function answerTo(path: string): fc.Arbitrary<Answer> {
  const fields = mistypedFields(GOOD_ANSWERS[path] ?? {}).map((text) =>
    Buffer.from(path.startsWith("/assignment") ? text.replaceAll('"nextToken"', '"next"') : text),
  );
  const inner = mistypedFields(
    GOOD_ANSWERS["/federation/credentials"]?.roleCredentials as Record<string, unknown>,
  ).map((text) => Buffer.from(`{"roleCredentials":${text}}`));
  const body = fc.oneof(
    { arbitrary: path === "/federation/credentials" ? fc.oneof(fields, inner) : fields, weight: 4 },
    complaint,
    spoiled(fc.constant(JSON.stringify(GOOD_ANSWERS[path] ?? {}))),
    anyBytes,
    anyJson.map((value) =>
      Buffer.from(JSON.stringify({ roleCredentials: value, accountList: value, accessToken: value })),
    ),
  );
  const status = fc.oneof(
    { arbitrary: fc.constantFrom(200, 200, 400, 401, 403), weight: 4 },
    fc.integer({ min: 200, max: 999 }),
  );
  const headers = fc.record(
    {
      "content-type": fc.constantFrom("application/json", "text/html", "application/x-amz-json-1.1", "x"),
      "x-amzn-errortype": words,
      "retry-after": fc.constantFrom("1", "-1", "99999999999", "Thu, 01 Jan 1970 00:00:00 GMT", "x"),
      location: fc.constantFrom("https://evil.example/", "file:///etc/passwd"),
      "content-encoding": fc.constantFrom("gzip", "br", "x"),
    },
    { requiredKeys: [] },
  );
  return fc.record({ status, headers, body });
}

const answersTo = (...paths: string[]) =>
  fc.record(Object.fromEntries(paths.map((path) => [path, answerTo(path)])), { requiredKeys: [] });

test(
  "whatever the two services respond, the main job prints complete, valid credentials or one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const expiresAt = fc.constantFrom(Date.now() + 3_600_000, Date.now() + 300_000, Date.now() - 1_000);
    await fc.assert(
      fc.asyncProperty(
        answersTo("/federation/credentials", "/token", "/assignment/roles"),
        expiresAt,
        (given, expires) => services.mainJobHolds(given, expires),
      ),
      runs(100, 6_000),
    );
    assertUnpolluted();
  },
);

/** This fits into no URL, and once ended in a URIError. */
const halfACharacter: Answers = {
  "/client/register": {
    ...goodAnswer("/client/register"),
    body: Buffer.from('{"clientId":"\\ud800","clientSecret":"cs","clientSecretExpiresAt":4000000000}'),
  },
};

test.each(["device", "browser"])(
  "whatever the OIDC service responds to a sign-in (%s), it ends with a result or an error",
  FUZZ_TIMEOUT,
  async (login) => {
    await fc.assert(
      fc.asyncProperty(answersTo("/client/register", "/device_authorization", "/token"), (given) =>
        services.signInHolds(given, login),
      ),
      { ...runs(40, 6_000), examples: [[halfACharacter]] },
    );
    assertUnpolluted();
  },
);

test(
  "whatever the portal lists, `list` prints no control characters, as a table or as JSON",
  FUZZ_TIMEOUT,
  async () => {
    const command = fc.constantFrom(["list"], ["list", "--json"]);
    await fc.assert(
      fc.asyncProperty(answersTo("/assignment/accounts", "/assignment/roles"), command, (given, args) =>
        services.listHolds(given, args),
      ),
      runs(60, 5_000),
    );
    assertUnpolluted();
  },
);

test(
  "whatever the portal responds to a logout, the local files are removed and the exit code is 0",
  FUZZ_TIMEOUT,
  async () => {
    await fc.assert(
      fc.asyncProperty(answersTo("/logout"), (given) => services.logoutHolds(given)),
      runs(40, 5_000),
    );
  },
);
