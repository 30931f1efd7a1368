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
  GOOD_RESPONSES,
  goodResponse,
  type Responses,
  type ServiceResponse,
  serviceResponses,
} from "./properties/serviceResponses.ts";

let services: Awaited<ReturnType<typeof serviceResponses>>;
beforeAll(async () => {
  services = await serviceResponses();
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
function responseTo(path: string): fc.Arbitrary<ServiceResponse> {
  const fields = mistypedFields(GOOD_RESPONSES[path] ?? {}).map((text) =>
    Buffer.from(path.startsWith("/assignment") ? text.replaceAll('"nextToken"', '"next"') : text),
  );
  const inner = mistypedFields(
    GOOD_RESPONSES["/federation/credentials"]?.roleCredentials as Record<string, unknown>,
  ).map((text) => Buffer.from(`{"roleCredentials":${text}}`));
  const body = fc.oneof(
    { arbitrary: path === "/federation/credentials" ? fc.oneof(fields, inner) : fields, weight: 4 },
    complaint,
    spoiled(fc.constant(JSON.stringify(GOOD_RESPONSES[path] ?? {}))),
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

const responsesTo = (...paths: string[]) =>
  fc.record(Object.fromEntries(paths.map((path) => [path, responseTo(path)])), { requiredKeys: [] });

test(
  "whatever the two services respond, the main job prints complete, valid credentials or one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const expiresAt = fc.constantFrom(Date.now() + 3_600_000, Date.now() + 300_000, Date.now() - 1_000);
    await fc.assert(
      fc.asyncProperty(
        responsesTo("/federation/credentials", "/token", "/assignment/roles"),
        expiresAt,
        (given, expires) => services.mainJobHolds(given, expires),
      ),
      runs(100, 6_000),
    );
    assertUnpolluted();
  },
);

/** This fits into no URL, and once ended in a URIError. */
const halfACharacter: Responses = {
  "/client/register": {
    ...goodResponse("/client/register"),
    body: Buffer.from('{"clientId":"\\ud800","clientSecret":"cs","clientSecretExpiresAt":4000000000}'),
  },
};

test.each(["device", "browser"])(
  "whatever the OIDC service responds to a sign-in (%s), it ends with a result or an error",
  FUZZ_TIMEOUT,
  async (login) => {
    await fc.assert(
      fc.asyncProperty(responsesTo("/client/register", "/device_authorization", "/token"), (given) =>
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
      fc.asyncProperty(responsesTo("/assignment/accounts", "/assignment/roles"), command, (given, args) =>
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
      fc.asyncProperty(responsesTo("/logout"), (given) => services.logoutHolds(given)),
      runs(40, 5_000),
    );
  },
);
