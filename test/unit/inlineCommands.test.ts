import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/usage/commandTable.ts";
import { MAIN_FLAGS } from "../../src/usage/flags.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Other programs' commands in a document, by their beginning, and why no test runs them. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "aws configure export-credentials": "the AWS CLI's own: the same row says what to run instead",
  "aws configure list-profiles": "the AWS CLI's own, which we do not change",
  "aws configure sso": "the AWS CLI's own: our init asks the same",
  "aws s3 ls": "test/interop/story.ts runs it",
  "aws ssm start-session": "test/interop/story.ts runs it",
  "aws sso ": "test/interop/sharedLogins.ts runs it",
  "aws sts get-caller-identity": "test/interop/story.ts runs it",
  "brew install": "needs Homebrew",
  "brew style": "needs Homebrew",
  "curl -fsSL": "install.test.ts runs the same script from a pipe",
  "npm ci": "every npm script runs it where something is missing",
  "npm install": "test/platforms/release.test.ts installs from the files",
  "npm run": "documents.test.ts says which scripts there are",
  "npm sbom": "named as what the release does not use",
  "npm test": "runs this test",
  "npx biome": "npm run check runs it",
  "scoop install": "needs Windows",
  "sh -c": "how a client runs a line",
  "sh install.sh": "install.test.ts runs it",
  "sudo ": "needs another user",
  "winget install": "needs Windows",
  "xattr -d": "needs macOS",
};
const PROGRAMS = new RegExp(
  `^(?:${[...new Set(Object.keys(NOT_RUN).map((line) => line.split(" ")[0]))].join("|")}|git|docker|gh|terraform|tofu|cdk) `,
);

const inline = DOCUMENTS.flatMap((document) => {
  const prose = readFileSync(ROOT + document, "utf8").replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => ({
    document,
    line: text.replace(/\s+/g, " ").replaceAll("\\|", "|"),
  }));
});

describe.each(DOCUMENTS)("the text of %s", (document) => {
  const lines = inline.filter((found) => found.document === document).map(({ line }) => line);

  test("names only commands and flags that the program has", () => {
    expect(lines.flatMap(mistakes)).toEqual([]);
  });

  test("names no command of another program that is neither run by a test nor said to be left out", () => {
    const unknown = lines.filter(
      (line) => PROGRAMS.test(line) && !Object.keys(NOT_RUN).some((start) => line.startsWith(start)),
    );
    expect(unknown).toEqual([]);
  });
});

test("no exception of these is left over", () => {
  const unused = Object.keys(NOT_RUN).filter((start) => !inline.some(({ line }) => line.startsWith(start)));
  expect(unused).toEqual([]);
});

/** What is wrong with a line that begins with our name. */
function mistakes(line: string): string[] {
  if (!line.startsWith("sso-cred ")) return [];
  const [own = ""] = line.slice("sso-cred ".length).split(" -- ");
  const [first = ""] = own.split(" ");
  const command = COMMANDS.find(({ name }) => name === first);
  const isMainJob = !command && (own.startsWith("--profile ") || / --account-id .* --role-name /.test(own));
  if (!command && !isMainJob)
    return /^(?:help|version|--help|--version)\b/.test(first) ? [] : [`${line}: no command`];
  const known = new Set((command?.flags ?? MAIN_FLAGS).map(({ name }) => name));
  const flags = [...own.matchAll(/(?<=^|[\s[(])--([\w-]+)/g)].map(([, name = ""]) => name);
  return flags.filter((name) => !known.has(name)).map((name) => `${line}: no --${name}`);
}
