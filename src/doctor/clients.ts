/**
 * How each client treats a profile with several kinds of credentials, and headers and keys that dialects read differently.
 * Sources: the SDKs' provider chains and parsers (awscli/botocore/credentials.py and configloader.py; aws-sdk-js-v3
 * credential-provider-ini; aws-sdk-go-v2 config/resolve_credentials.go; aws-sdk-java-v2 ProfileCredentialsUtils; smithy-rs
 * profile/credentials/repr.rs; aws-sdk-ruby credential_provider_chain.rb; aws-sdk-php CredentialProvider.php; aws-sdk-cpp
 * AWSCredentialsProviderChain). `npm run interop` compares the rows with the clients that can be run.
 */
export const SITUATIONS = {
  /** `credential_process` together with `sso_account_id` or `sso_role_name`. */
  processAndSso: {
    "AWS CLI": "sso",
    boto3: "sso",
    "JavaScript v3": "process",
    Go: "sso",
    Java: "sso",
    Rust: "sso",
    Kotlin: "sso",
    Ruby: "sso",
    PHP: "sso",
    "C++": "process",
    ".NET": "error",
  },
  /** `credential_process` together with `aws_access_key_id` in the config file. */
  processAndKeysInConfig: {
    "AWS CLI": "process",
    boto3: "process",
    "JavaScript v3": "keys",
    Go: "keys",
    Java: "process",
    Rust: "process",
    Kotlin: "process",
    Ruby: "keys",
    PHP: "process",
    "C++": "keys",
    ".NET": "error",
  },
  /** `credential_process` in the config, `aws_access_key_id` for the same profile in the credentials file. */
  processAndKeysInCredentials: {
    "AWS CLI": "keys",
    boto3: "keys",
    "JavaScript v3": "keys",
    Go: "keys",
    Java: "process",
    Rust: "process",
    Kotlin: "process",
    Ruby: "keys",
    PHP: "keys",
    "C++": "keys",
    ".NET": "keys",
  },
} as const satisfies Record<string, Record<string, "sso" | "process" | "keys" | "error">>;

/** Groups the clients of a situation by what they use: `sso_* keys: AWS CLI, boto3; credential_process: C++`. */
export function describeSituation(situation: keyof typeof SITUATIONS): string {
  const byOutcome = new Map<string, string[]>();
  for (const [client, outcome] of Object.entries(SITUATIONS[situation])) {
    const words = OUTCOMES[outcome];
    byOutcome.set(words, [...(byOutcome.get(words) ?? []), client]);
  }
  return [...byOutcome].map(([outcome, clients]) => `${clients.join(", ")} use ${outcome}`).join("; ");
}

const OUTCOMES = {
  sso: "the sso_* keys",
  process: "credential_process",
  keys: "the static keys",
  error: "neither and fail",
} as const;
