import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_ENDPOINTS } from "./atAws.ts";
import { sessionSection } from "./home.ts";
import type { CallOptions, SignInWorld, WorldOptions } from "./signInWorld.ts";

export const LINE =
  "credential_process = /opt/sso-cred corp --account-id 123456789011 --role-name ReadOnly\n";
export const GOOD = `[profile dev]\n${LINE}${sessionSection("corp")}`;

/** A finding of `doctor`, with a way to cause it and a way to mend it. */
export interface DoctorCase {
  readonly id: string;
  /** Part of its text. */
  readonly says: string;
  /** Default: {@link GOOD}. */
  readonly world?: WorldOptions;
  /** Run doctor without --offline. */
  readonly isOnline?: true;
  /** Why it cannot be tested here. */
  readonly skip?: string | false;
  readonly arrange?: (world: SignInWorld) => unknown;
  readonly mend?: (world: SignInWorld) => unknown;
  /** Variables for the first call of `doctor`, before the fault is mended. */
  readonly env?: (world: SignInWorld) => Variables;
  readonly mendedEnv?: Variables;
}
type Variables = NonNullable<CallOptions["env"]>;

/** Puts a program named sso-cred into the home. */
export async function program({ home }: SignInWorld, script: string): Promise<string> {
  const folder = join(home.path, "bin");
  await mkdir(folder, { recursive: true });
  const path = join(folder, "sso-cred");
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** A correct config whose program exists. */
export async function goodConfig(world: SignInWorld): Promise<void> {
  await world.home.write(".aws/config", GOOD.replace("/opt/sso-cred", await program(world, "exit 0")));
}

export function inConfig(id: string, config: string, says: string): DoctorCase {
  return {
    id,
    says,
    arrange: ({ home }) => home.write(".aws/config", config),
    mend: goodConfig,
  };
}

const SESSION = sessionSection("corp");
const other = (keys: string) => `${GOOD}[sso-session other]\n${keys}`;
const OTHER_URL = "sso_start_url = https://x.awsapps.com/start\n";

export const CONFIG_CASES: readonly DoctorCase[] = [
  inConfig("section-not-a-profile", `[dev]\n${LINE}${SESSION}`, "[dev]"),
  inConfig("section-unclosed", `[profile dev\n${LINE}${SESSION}`, "[profile dev"),
  inConfig(
    "section-duplicate",
    `[profile dev]\nregion = x\n[profile dev]\n${LINE}${SESSION}`,
    "lines 1 and 3",
  ),
  inConfig("key-duplicate", `[profile dev]\nregion = a\nREGION = b\n${LINE}${SESSION}`, "lines 2 and 3"),
  inConfig("key-case", `[profile dev]\nRegion = a\n${LINE}${SESSION}`, "Region"),
  inConfig("key-misspelt", "[profile dev]\ncredential_proces = x\n", "did you mean credential_process?"),
  inConfig("key-misspelt", GOOD.replace("start_url", "start_ulr"), "did you mean sso_start_url?"),
  inConfig("key-misspelt", GOOD.replace("start_url", "start\u200b_url"), "character 10 is U+200B"),
  inConfig(
    "section-duplicate",
    `[profile default]\n${LINE}[default]\nregion = x\n${SESSION}`,
    "[default] in line 3, [profile default] in line 1",
  ),
  inConfig("section-spacing", GOOD.replace("[p", "[ p"), "a space after the bracket"),
  inConfig("section-spacing", GOOD.replace("file dev", "file  dev"), "more than one space before the name"),
  inConfig("section-spacing", GOOD.replace("dev]", "dev]# mine"), "text right after the bracket"),
  inConfig("key-indented", GOOD.replace("cred", "region = a\n  cred"), "is indented below region"),
  inConfig(
    "value-comment",
    GOOD.replace("eu-west-1", "eu-west-1 # Ireland"),
    "sso_region of [sso-session corp]",
  ),
  inConfig("value-quoted", `[profile dev]\nregion = "a"\n${LINE}${SESSION}`, "is in quotes"),
  inConfig("line-malformed", `[profile dev]\nwhat is this\n${LINE}${SESSION}`, "what is this"),
  inConfig("config-encoding", `\uFEFF${GOOD}`, "byte order mark"),
  ...(
    [
      ["profile-process-and-sso", "sso_account_id"],
      ["profile-process-and-role", "role_arn"],
      ["profile-process-and-keys", "aws_access_key_id"],
    ] as const
  ).map(([id, key]) => inConfig(id, `[profile dev]\n${LINE}${key} = A\n${SESSION}`, key)),
  inConfig(
    "profile-incomplete",
    `[profile dev]\nsso_session = corp\nsso_account_id = 123456789011\n${SESSION}`,
    "profile 'dev' has no sso_role_name",
  ),
  inConfig("profile-incomplete", `[profile dev]\n${OTHER_URL}`, "no sso_region"),
  inConfig("profile-name", `[profile my dev]\n${LINE}${SESSION}`, "my dev"),
  inConfig(
    "session-missing",
    `[profile dev]\n${LINE.replace("corp", "crop")}${SESSION}`,
    "did you mean corp?",
  ),
  inConfig(
    "session-repeated",
    `[profile dev]\nsso_session = corp\nsso_region = x\n${SESSION}`,
    "repeats sso_region",
  ),
  inConfig("session-incomplete", other("sso_region = eu-west-1\n"), "has no sso_start_url"),
  inConfig("session-region", other(`sso_region = eu-wst-1\n${OTHER_URL}`), "did you mean eu-west-1?"),
  inConfig("session-region", other(`sso_region = EU-WEST-1\n${OTHER_URL}`), "did you mean eu-west-1?"),
  inConfig(
    "session-start-url",
    other('sso_region = eu-west-1\nsso_start_url = "https://x.awsapps.com/start"\n'),
    "is not an https URL",
  ),
  inConfig(
    "session-start-url",
    other("sso_region = eu-west-1\nsso_start_url = http://x.awsapps.com/start\n"),
    "is not an https URL",
  ),
  inConfig("settings-unusable", `${GOOD}sso_cred_login = brwoser\n`, "sso_cred_login is brwoser"),
  {
    ...inConfig("settings-unusable", `${GOOD}endpoint_url = sso.example.com\n`, "is not an https URL: sso"),
    // The emulator's variables would win over the config.
    env: () => NO_ENDPOINTS,
  },
  inConfig("settings-unusable", GOOD.replace("id 123456789011", "id 1234"), "is not 12 digits: 1234"),
  inConfig("ca-unreadable", `${GOOD}ca_bundle = /nowhere.pem\n`, "/nowhere.pem does not exist"),
  inConfig("command-tilde", GOOD.replace("/opt", "~"), "begins with ~"),
  inConfig("command-quoting", GOOD.replace("/opt", "/my tools"), "read differently"),
  inConfig("command-missing", GOOD, "does not exist"),
  inConfig("command-missing", GOOD.replace("sso-cred", "sso-crd"), "/opt/sso-crd, the command of"),
  inConfig("command-arguments", GOOD.replace(/--account-id \d+ /, ""), "has no --account-id"),
  inConfig("command-arguments", GOOD.replace(/--account-id.*/, ""), "no --account-id and no --role-name"),
  inConfig("command-arguments", GOOD.replace("corp ", ""), "names no session"),
  inConfig("command-arguments", GOOD.replace("corp ", "my corp "), "names more than one session: my, corp"),
  inConfig(
    "command-arguments",
    GOOD.replace("--acc", "—acc"),
    "one session: corp, —account-id, 123456789011",
  ),
  inConfig("command-arguments", GOOD.replace(/corp --.*/, "--profile dev"), "names this profile itself"),
  inConfig("command-missing", GOOD.replace(/\/opt.*/, ""), "credential_process of profile 'dev' is empty"),
  inConfig("command-arguments", GOOD.replace("--acc", "--ac"), "has the unknown flag --acount-id"),
  inConfig("settings-unusable", GOOD.replace(/corp --.*/, "--profile nope"), "has no [profile nope]"),
  inConfig("command-missing", GOOD.replace("/opt/", ""), "is not in PATH"),
  inConfig("no-profile", SESSION, "no profile runs sso-cred yet"),
  {
    id: "command-not-executable",
    says: "cannot be executed",
    arrange: async (world) => {
      await goodConfig(world);
      await chmod(join(world.home.path, "bin/sso-cred"), 0o644);
    },
    mend: ({ home }) => chmod(join(home.path, "bin/sso-cred"), 0o755),
  },
  {
    id: "command-version",
    says: "is version 0.0.1",
    arrange: async (world) => {
      await goodConfig(world);
      await program(world, 'echo "sso-cred 0.0.1"');
    },
    mend: goodConfig,
  },
  {
    id: "command-relative",
    says: "is not an absolute path",
    arrange: async (world) => {
      await program(world, "exit 0");
      await world.home.write(".aws/config", GOOD.replace("/opt/", ""));
    },
    env: ({ home }) => ({ PATH: join(home.path, "bin") }),
    mend: goodConfig,
  },
  {
    id: "config-encoding",
    says: "UTF-16",
    arrange: ({ home }) => writeFile(join(home.path, ".aws/config"), Buffer.from(`\uFEFF${GOOD}`, "utf16le")),
    mend: goodConfig,
  },
  {
    id: "config-unreadable",
    says: "/.aws",
    env: ({ home }) => ({ AWS_CONFIG_FILE: join(home.path, ".aws") }),
  },
  {
    id: "profile-keys-in-credentials",
    says: "profile 'dev' has static keys",
    arrange: ({ home }) => home.write(".aws/credentials", "[dev]\naws_access_key_id = AKIAEXAMPLE\n"),
    mend: ({ home }) => home.write(".aws/credentials", ""),
  },
];

function inEnvironment(id: string, env: Record<string, string>, says: string): DoctorCase {
  return { id, says, env: () => env };
}

const CERTIFICATE = new URL("../tls/ca.pem", import.meta.url).pathname;

export const ENVIRONMENT_CASES: readonly DoctorCase[] = [
  inEnvironment(
    "env-static-keys",
    { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "very-secret" },
    "credentials are set in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)",
  ),
  inEnvironment("env-profile-missing", { AWS_PROFILE: "nope" }, "names the profile 'nope'"),
  inEnvironment("env-profile-missing", { AWS_DEFAULT_PROFILE: "" }, "AWS_DEFAULT_PROFILE is empty"),
  inEnvironment("env-invalid", { SSO_CRED_WAIT: "soon" }, "SSO_CRED_WAIT"),
  inEnvironment("env-invalid", { SSO_CRED_LOGIN: "brwoser" }, "SSO_CRED_LOGIN"),
  inEnvironment(
    "settings-unusable",
    { AWS_ENDPOINT_URL_SSO: "http://example.com" },
    "AWS_ENDPOINT_URL_SSO must be https",
  ),
  inEnvironment("env-path-tilde", { AWS_CONFIG_FILE: "~/.aws/config" }, "AWS_CONFIG_FILE is ~/.aws/config"),
  inEnvironment("config-missing", { AWS_CONFIG_FILE: "/nowhere/config" }, "no config file /nowhere/config"),
  {
    id: "config-elsewhere",
    says: "the config file is",
    env: ({ home }) => ({ AWS_CONFIG_FILE: home.configFile }),
  },
  inEnvironment(
    "proxy-in-use",
    { HTTPS_PROXY: "http://me:pass-word@proxy.example.com:3128" },
    "HTTPS_PROXY is http://",
  ),
  inEnvironment("ca-unreadable", { AWS_CA_BUNDLE: "/nowhere.pem" }, "/nowhere.pem does not exist"),
  inEnvironment("ca-unreadable", { AWS_CA_BUNDLE: "/etc/passwd" }, "contains no PEM certificate"),
  inEnvironment("ca-in-use", { AWS_CA_BUNDLE: CERTIFICATE }, "only the certificate authorities in"),
  inEnvironment("here", { SSH_CONNECTION: "1 2 3 4" }, "a remote machine"),
  inEnvironment("sign-in-way", { SSO_CRED_LOGIN: "device" }, "a code, confirmed in the browser"),
];
