import { commandLines } from "../../../test/unit/fuzz/properties/commandLines.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

const line = (text: string) => [text.replaceAll(" ", "\n")];

/** The argument parser, and what an empty home lets commands come to. */
export const target: FuzzTarget = {
  parts: ["the command line, a word a line"],
  seeds: textInputs(
    line("corp --account-id 123456789011 --role-name ReadOnly"),
    line("--profile dev"),
    line("--sso-session=corp --account-id=123456789011 --role-name=ReadOnly"),
    line("login corp --use-device-code --no-browser"),
    line("logout --all"),
    line("list --json --accounts prod* --roles !Admin"),
    line("status corp other --json"),
    line(
      "init corp --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1 --yes --dry-run",
    ),
    line("init --all --prune --adopt --profile-name {account_name}-{role_name} --command sso-cred"),
    line("init --scopes sso:account:access --region eu-west-1 --output json --account-id 123456789011"),
    line("--help -V -- x"),
    line("--login-worker 0 1"),
  ),
  // Node's parseArgs takes a second for 64 KiB of letters behind one hyphen; nobody but oneself writes them.
  longest: 8_192,
  batch: 20,
  open() {
    const { holds, close } = commandLines();
    return { run: ([words = Buffer.of()]) => holds(words.toString().split("\n")), close };
  },
};
