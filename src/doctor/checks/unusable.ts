import type { Facts, UnusableSection } from "../facts.ts";
import type { Finding } from "../report.ts";

/** These say the same of a section as the program does. */
const SAME = new Set([
  "command-arguments",
  "section-not-a-profile",
  "session-incomplete",
  "session-region",
  "session-start-url",
  "session-missing",
  "session-repeated",
  "profile-incomplete",
]);

/** What the program says of a rejected section, where no other finding says the same. */
export function checkUnusable({ config, unusable }: Facts, found: readonly Finding[]): Finding[] {
  if (config.fault !== undefined || config.encoding === "UTF-16") return [];
  const said = found.filter(({ id }) => SAME.has(id)).map(({ where }) => where);
  const silent = unusable.filter((section) => !linesOf(section).some((line) => said.includes(line)));
  const first = silent.filter(
    ({ message }, at) => silent.findIndex((other) => other.message === message) === at,
  );
  return first.map((section) => {
    const { message, run } = section;
    const variable = /^[A-Z_]{3,}/.exec(message)?.[0];
    const where = variable ?? linesOf(section)[0] ?? config.path;
    return {
      id: "settings-unusable",
      severity: "error",
      found: message.replace(`${config.path}: `, ""),
      where,
      why: "every call of sso-cred that needs it ends with this message",
      ...(run === undefined ? { fix: "correct what the message names" } : { run }),
    };
  });

  /** Every line of the section, and of those that the message names, as findings name them. */
  function linesOf({ kind, name, message }: UnusableSection): string[] {
    return config.sections
      .filter(
        (section) => (section.kind === kind && section.name === name) || message.includes(section.header),
      )
      .flatMap(({ line, keys }) => [line, ...keys.map((key) => key.line)])
      .map((line) => `${config.path}:${line}`);
  }
}
