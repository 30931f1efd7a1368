import { serviceAnswers } from "../../../test/unit/fuzz/properties/serviceAnswers.ts";
import { answerParts, readAnswers } from "../answers.ts";
import { CLI_CONFIG, HAND_MADE_CONFIG } from "../seeds.ts";
import type { FuzzTarget } from "../target.ts";

const PATHS = ["/assignment/accounts", "/assignment/roles", "/logout"];
const SESSION =
  "[sso-session corp]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n";
const FLAGS = [
  ["--all"],
  ["--all", "--adopt", "--prune"],
  ["--accounts", "*", "--roles", "!Admin*", "--profile-name", "{account_name}-{role_name}"],
];
const MORE = ["--region\nus-east-1\n--output\ntext", "--dry-run\n--json", "--scopes\nsso:account:access"];

/** What the portal lists, for `list`, `logout`, and for an `init` into any config. */
export const target: FuzzTarget = {
  parts: [
    "which command: a byte",
    "config, for init",
    "more flags for init, a word a line",
    "statuses and headers: JSON",
    ...PATHS,
  ],
  seeds: [0, 1, 2, 3, 4, 5].flatMap((which) =>
    [SESSION, CLI_CONFIG, HAND_MADE_CONFIG].map((config) => [
      Buffer.of(which),
      Buffer.from(config),
      Buffer.from(MORE[which] ?? ""),
      ...answerParts(PATHS),
    ]),
  ),
  batch: 10,
  async open() {
    const services = await serviceAnswers();
    return {
      async run([byte, config = Buffer.of(), more = Buffer.of(), ...parts]) {
        const answers = withoutPages(readAnswers(PATHS, parts));
        const which = (byte?.[0] ?? 0) % (FLAGS.length + 3);
        const flags = FLAGS[which];
        const words = more.toString().split("\n").filter(Boolean);
        if (flags) await services.initHolds(answers, config, [...flags, ...words]);
        else if (which === FLAGS.length) await services.listHolds(answers, ["list"]);
        else if (which === FLAGS.length + 1) await services.listHolds(answers, ["list", "--json"]);
        else await services.logoutHolds(answers);
      },
      close: () => services.close(),
    };
  },
};

/** A list that never ends is another test's, and takes long. */
function withoutPages(answers: ReturnType<typeof readAnswers>): ReturnType<typeof readAnswers> {
  for (const answer of Object.values(answers)) {
    if (answer)
      answer.body = Buffer.from(answer.body.toString("latin1").replaceAll('"nextToken"', '"next"'), "latin1");
  }
  return answers;
}
