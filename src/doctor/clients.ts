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
type Outcome = "sso" | "process" | "keys" | "role" | "error";
export type Outcomes = Readonly<Partial<Record<Outcome, readonly Client[]>>>;

const PYTHON = ["AWS CLI", "boto3"] as const;
const OTHERS = ["JavaScript v3", "Go", "Java", "Rust", "Kotlin", "Ruby", "C++"] as const;
const ALL_BUT_JAVASCRIPT = ["AWS CLI", "boto3", "Go", "Java", "Rust", "Kotlin", "Ruby", "C++"] as const;
const SSO_AND_KEYS = {
  sso: ["AWS CLI", "boto3", "Java", "Rust", "Ruby", "PHP"],
  keys: ["JavaScript v3", "Go", "Kotlin", "C++"],
} as const;

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
    sso: ["AWS CLI", "boto3", "Go", "Java", "Rust", "Kotlin", "Ruby", "PHP"],
    process: ["JavaScript v3", "C++"],
    error: [".NET"],
  },
  /** `credential_process` together with `aws_access_key_id` in the config file. */
  processAndKeysInConfig: {
    process: ["AWS CLI", "boto3", "Java", "Rust", "PHP"],
    keys: ["JavaScript v3", "Go", "Kotlin", "Ruby", "C++"],
    error: [".NET"],
  },
  /** `credential_process` together with `role_arn` and `source_profile`. */
  processAndRole: {
    role: ["AWS CLI", "boto3", "JavaScript v3", "Java", "Rust", "Kotlin", "Ruby"],
    error: ["Go", "C++", ".NET"],
  },
  /** `credential_process` in the config, `aws_access_key_id` in the credentials file. */
  processAndKeysInCredentials: {
    keys: ["AWS CLI", "boto3", "JavaScript v3", "Go", "Kotlin", "Ruby", "PHP", "C++", ".NET"],
    process: ["Java", "Rust"],
  },
  /** `sso_account_id` and `sso_role_name` together with `aws_access_key_id` in the config file. */
  ssoAndKeysInConfig: SSO_AND_KEYS,
  /** `sso_*` in the config, `aws_access_key_id` in the credentials file. */
  ssoAndKeysInCredentials: SSO_AND_KEYS,
  /** `sso_session` with an `sso_region` or `sso_start_url` that is not the session's. */
  sessionContradicted: {
    error: ["AWS CLI", "boto3", "Go", "Java", "Rust", "Kotlin", "Ruby"],
    sso: ["JavaScript v3"],
  },
  /** `sso_session` with a copy of the session's own `sso_region` or `sso_start_url`. */
  sessionRepeated: {
    sso: ["AWS CLI", "boto3", "JavaScript v3", "Go", "Java", "Kotlin", "Ruby"],
    error: ["Rust"],
  },
  /** Two sections of one name, one of them with `credential_process`. */
  sectionTwice: { error: PYTHON, process: OTHERS },
  /** A key twice in one section. */
  keyTwice: { error: PYTHON, process: OTHERS },
  /** `Credential_Process`. */
  keyInUpperCase: {
    process: ["AWS CLI", "boto3", "Go", "Rust"],
    error: ["JavaScript v3", "Java", "Kotlin", "Ruby", "C++"],
  },
  /** `credential_process = ~/bin/sso-cred …`. */
  commandWithTilde: { error: PYTHON, process: OTHERS },
  /** `AWS_CONFIG_FILE="~/my-config"`, in quotes, so that no shell has replaced the tilde. */
  configPathWithTilde: {
    process: ["AWS CLI", "boto3", "JavaScript v3", "Java", "Rust", "Kotlin", "Ruby", "C++"],
    error: ["Go"],
  },
  /** `credential_process` that begins with spaces, below another key. */
  keyIndented: {
    error: ["AWS CLI", "boto3", "Java", "Rust", "Kotlin", "Ruby", "C++"],
    process: ["JavaScript v3", "Go"],
  },
  /** `[ profile NAME ]`. */
  headerSpaced: {
    error: ["AWS CLI", "boto3", "JavaScript v3", "Ruby"],
    process: ["Go", "Java", "Rust", "Kotlin", "C++"],
  },
  /** `[profile  NAME]`, with two spaces. */
  headerTwoBlanks: { process: ALL_BUT_JAVASCRIPT, error: ["JavaScript v3"] },
  /** `[profile NAME]# text`, without a space. */
  headerWithText: { process: ALL_BUT_JAVASCRIPT, error: ["JavaScript v3"] },
  /** `sso_role_name = NAME # text`. */
  valueWithComment: { error: ["AWS CLI", "boto3", "Ruby"], sso: ["JavaScript v3", "Go", "Rust", "Kotlin"] },
  /** `sso_role_name = "NAME"`. */
  valueInQuotes: { error: ["AWS CLI", "boto3", "JavaScript v3", "Rust", "Kotlin", "Ruby"], sso: ["Go"] },
} as const satisfies Record<string, Outcomes>;

export type Situation = keyof typeof SITUATIONS;

/** As in `AWS CLI, boto3 use the sso_* keys; C++ uses credential_process`. */
export function describeSituation(situation: Situation): string {
  const outcomes = Object.entries(SITUATIONS[situation]) as [Outcome, readonly Client[]][];
  return outcomes
    .map(([outcome, clients]) => `${clients.join(", ")} ${OUTCOMES[outcome][clients.length === 1 ? 0 : 1]}`)
    .join("; ");
}

/** The clients that give no credentials, as the start of a sentence: `AWS CLI, boto3 and Go`. */
export function failingClients(situation: Situation): string {
  const { error: clients = [] }: Outcomes = SITUATIONS[situation];
  return [clients.slice(0, -1).join(", "), ...clients.slice(-1)].filter((part) => part !== "").join(" and ");
}

/** What one client does, and what several do. */
const OUTCOMES: Record<Outcome, readonly [one: string, several: string]> = {
  sso: ["uses the sso_* keys", "use the sso_* keys"],
  process: ["uses credential_process", "use credential_process"],
  keys: ["uses the static keys", "use the static keys"],
  role: ["assumes the role", "assume the role"],
  error: ["fails", "fail"],
};
