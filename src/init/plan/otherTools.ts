import type { Keys } from "../../config/ini.ts";
import type { Role } from "../../model.ts";
import { splitUntilComment } from "../../text/commandWords.ts";

/** The tools, with the subcommands that print credentials of an Identity Center role. */
const TOOLS: Readonly<Record<string, RegExp>> = {
  "aws-sso-util": /^credential-process$/,
  granted: /^credential-process$/,
  "aws-vault": /^(?:export|exec)$/,
  "aws-sso": /^process$/,
  "aws-sso-credentials": /(?:)/,
  "aws-sso-credential-process": /(?:)/,
};

/** The flags that give each setting. */
const FLAGS = Object.entries({
  accountId: ["-A", "--account", "--account-id"],
  roleName: ["-R", "--role", "--role-name"],
  arn: ["-a", "--arn"],
  profile: ["-p", "--profile"],
  startUrl: ["--start-url", "--sso-start-url"],
  region: ["--region", "--sso-region"],
});

/**
 * Recognises another tool's profile, and reads the Identity Center settings from its line or from
 * the keys beside it. Undefined for any other `credential_process`.
 */
export function readOtherTool(keys: Keys) {
  const [program = "", ...words] = splitUntilComment(keys.get("credential_process") ?? "");
  const tool = program.replace(/^.*[/\\]/, "").replace(/\.exe$/i, "");
  const subcommand = Object.hasOwn(TOOLS, tool) ? TOOLS[tool] : undefined;
  if (subcommand === undefined || (words.length > 0 && !words.some((word) => subcommand.test(word))))
    return undefined;
  const said = readFlags(words);
  const [, account, roleOfArn] =
    /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?(.+)$/.exec(said.arn ?? "") ?? [];
  const key = (name: string) => keys.get(`sso_${name}`) || keys.get(`granted_sso_${name}`) || undefined;
  const accountId = said.accountId ?? account ?? key("account_id");
  const roleName = said.roleName ?? roleOfArn ?? key("role_name");
  // aws-vault takes the profile without a flag, among its own flags and their values.
  const bare = words.slice(words.findIndex((word) => subcommand.test(word)) + 1);
  const named = tool === "aws-vault" ? bare.filter((word) => !word.startsWith("-")) : [];
  const role: Partial<Role> = { ...(accountId && { accountId }), ...(roleName && { roleName }) };
  return {
    /** The name in messages: `granted`. */
    tool,
    role,
    startUrl: said.startUrl ?? key("start_url"),
    region: said.region ?? key("region"),
    /** Words of the line that may name a profile, whose keys may hold the missing settings. */
    profiles: said.profile === undefined ? named : [said.profile],
  };
}

function readFlags(words: readonly string[]): Record<string, string | undefined> {
  const said: Record<string, string | undefined> = {};
  for (const [at, word] of words.entries()) {
    const [flag = "", value] = word.split(/=(.*)/s);
    const [name] = FLAGS.find(([, flags]) => flags.includes(flag)) ?? [];
    if (name !== undefined) said[name] = value ?? words[at + 1];
  }
  return said;
}
