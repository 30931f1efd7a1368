import { test } from "vitest";
import { anyBytes, anyText, FUZZ_TIMEOUT, fc, oddWord, runs, spoiled } from "../../support/fuzzing.ts";
import { configReading } from "./properties/configReading.ts";
import { assertUnpolluted } from "./properties/outcome.ts";

const name = fc.oneof(fc.constantFrom("corp", "dev", "default", "s"), oddWord);
const header = fc
  .tuple(fc.constantFrom("profile", "sso-session", "services", "", "DEFAULT", "default"), name)
  .map(([kind, text]) => `[${kind} ${text}]`);
const key = fc.oneof(
  fc.constantFrom(
    "sso_start_url",
    "sso_region",
    "sso_registration_scopes",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_cred_login",
    "credential_process",
    "endpoint_url",
    "services",
    "sso_oidc",
    "use_fips_endpoint",
    "use_dualstack_endpoint",
    "ignore_configured_endpoint_urls",
    "ca_bundle",
  ),
  oddWord,
);
const value = fc.oneof(
  fc.constantFrom(
    "https://d-1234567890.awsapps.com/start",
    "eu-west-1",
    "http://127.0.0.1:1",
    "http://evil.example",
    "https://user:secret@evil.example",
    "https://\u001b[31m.example/\u0007",
    "javascript:alert(1)",
    "123456789011",
    "ReadOnly",
    "true",
    "never",
    "corp",
    "sso-cred corp --account-id 123456789011 --role-name 'A B'",
    "~/$HOME/$constructor",
  ),
  anyText,
);
const line = fc.oneof(
  header,
  fc
    .tuple(fc.constantFrom("", "  "), key, fc.constantFrom(" = ", ":", "="), value)
    .map((parts) => parts.join("")),
  anyText,
);
const text = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([all, end]) => all.join(end));
const file = fc.oneof({ arbitrary: spoiled(text), weight: 4 }, anyBytes);

test(
  "whatever the config and the credentials file hold, they give sessions, profiles or a config error",
  FUZZ_TIMEOUT,
  () => {
    fc.assert(
      fc.property(file, fc.oneof(file, fc.constant(Buffer.of())), name, configReading()),
      runs(800, 6_000),
    );
    assertUnpolluted();
  },
);
