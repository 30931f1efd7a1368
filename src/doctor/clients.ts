/** The clients as findings name them. */
export type Client =
  | "AWS CLI"
  | "boto3"
  | "JavaScript v3"
  | "Go"
  | "Java"
  | "Rust"
  | "Kotlin"
  | "Ruby"
  | "PHP"
  | "C++"
  | ".NET";
/** Where a client gets its credentials; `error`: nowhere. */
export type Outcome = "sso" | "process" | "keys" | "error";

/**
 * How each client treats a profile with several kinds of credentials, and headers and keys that
 * dialects read differently. Sources: the SDKs' provider chains and parsers
 * (awscli/botocore/credentials.py and configloader.py; aws-sdk-js-v3 credential-provider-ini;
 * aws-sdk-go-v2 config/resolve_credentials.go; aws-sdk-java-v2 ProfileCredentialsUtils; smithy-rs
 * profile/credentials/repr.rs; aws-sdk-ruby credential_provider_chain.rb; aws-sdk-php
 * CredentialProvider.php; aws-sdk-cpp AWSCredentialsProviderChain). `npm run interop` compares the
 * rows with the clients that can be run.
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
  /** `credential_process` in the config, `aws_access_key_id` in the credentials file. */
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
  /** `sso_session` with an `sso_region` or `sso_start_url` that is not the session's. */
  sessionContradicted: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "sso",
    Go: "error",
    Java: "error",
    Rust: "error",
    Kotlin: "error",
    Ruby: "error",
  },
  /** The same, of the session's own value. */
  sessionRepeated: {
    "AWS CLI": "sso",
    boto3: "sso",
    "JavaScript v3": "sso",
    Go: "sso",
    Java: "sso",
    Rust: "error",
    Kotlin: "sso",
    Ruby: "sso",
  },
  /** Two sections of one name, one of them with `credential_process`. */
  sectionTwice: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "process",
    Go: "process",
    Java: "process",
    Rust: "process",
    Kotlin: "process",
  },
  /** A key twice in one section. */
  keyTwice: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "process",
    Go: "process",
    Java: "process",
    Rust: "process",
    Kotlin: "process",
  },
  /** `Credential_Process`. */
  keyInUpperCase: {
    "AWS CLI": "process",
    boto3: "process",
    "JavaScript v3": "error",
    Go: "process",
    Java: "error",
  },
  /** `credential_process = ~/bin/sso-cred …`. */
  commandWithTilde: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "process",
    Go: "process",
    Java: "process",
  },
  /** `credential_process` that begins with blanks, below another key. */
  keyIndented: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "process",
    Go: "process",
    Java: "error",
  },
  /** `[ profile NAME ]`. */
  headerSpaced: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "error",
    Go: "process",
    Java: "process",
  },
  /** `[profile  NAME]`, with two blanks. */
  headerTwoBlanks: {
    "AWS CLI": "process",
    boto3: "process",
    "JavaScript v3": "error",
    Go: "process",
    Java: "process",
  },
  /** `[profile NAME]# text`, without a blank. */
  headerWithText: {
    "AWS CLI": "process",
    boto3: "process",
    "JavaScript v3": "error",
    Go: "process",
    Java: "process",
  },
  /** `sso_role_name = NAME # text`. */
  valueWithComment: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "sso",
    Go: "sso",
  },
  /** `sso_role_name = "NAME"`. */
  valueInQuotes: {
    "AWS CLI": "error",
    boto3: "error",
    "JavaScript v3": "error",
    Go: "sso",
  },
} as const satisfies Record<string, Partial<Record<Client, Outcome>>>;

export type Situation = keyof typeof SITUATIONS;

/** As in `AWS CLI, boto3 use the sso_* keys; C++ use credential_process`. */
export function describeSituation(situation: Situation): string {
  const outcomes: readonly Outcome[] = [...new Set(Object.values(SITUATIONS[situation]))];
  return outcomes
    .map((outcome) => `${clientsThat(situation, outcome).join(", ")} ${OUTCOMES[outcome]}`)
    .join("; ");
}

/** The clients that give no credentials, as the start of a sentence: `AWS CLI, boto3 and Go`. */
export function failingClients(situation: Situation): string {
  const clients = clientsThat(situation, "error");
  return [clients.slice(0, -1).join(", "), ...clients.slice(-1)].filter((part) => part !== "").join(" and ");
}

function clientsThat(situation: Situation, outcome: Outcome): string[] {
  return Object.entries(SITUATIONS[situation])
    .filter(([, found]) => found === outcome)
    .map(([client]) => client);
}

const OUTCOMES: Record<Outcome, string> = {
  sso: "use the sso_* keys",
  process: "use credential_process",
  keys: "use the static keys",
  error: "fail",
};
