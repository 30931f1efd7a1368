import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/toolchain.mjs";
import { binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { sessionSection } from "../support/home.ts";
import { BARE_PATH, placeExecutable, start } from "../support/run.ts";

/** README.ja.md has the same blocks: test/unit/documents.test.ts compares them. */
const DOCUMENTS = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

/** The beginnings of lines that are not run here, with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "npm run demo": "demo.test.ts runs it",
  "npm test": "runs this",
  "npm run stress": "takes minutes, and is a test itself",
  "npm run interop": "takes minutes, and is a test itself",
  "npm run platforms": "takes minutes, and is a test itself",
  "git clone": "needs the network",
  "sha256sum --check": "test/platforms/release.test.ts compares the same sums",
  "gh attestation verify": "needs GitHub",
  "codesign --verify": "needs macOS",
  "npm audit signatures": "needs the npm registry",
  "docker run": "needs Docker",
};

/** Exit codes other than 0: nobody is here to be asked, so exit 2 names what is open. */
const EXIT: Readonly<Record<string, number>> = {
  "sso-cred init": 2,
  "sso-cred init corp --start-url https://d-1234567890.awsapps.com/start --sso-region eu-west-1": 2,
};

/** A document's commands without comments, and their output where a `console` block shows it. */
function commandsOf(document: string): { line: string; output: string }[] {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```(sh|console|powershell)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, kind, block = ""]) => {
      if (kind === "console") {
        return block
          .split(/^\$ /m)
          .slice(1)
          .map((part) => ({ line: part.split("\n")[0] ?? "", output: part.slice(part.indexOf("\n") + 1) }));
      }
      const lines = block.replaceAll("\\\n", "").split("\n");
      return lines.map((line) => ({ line: line.replace(/\s+# .*$/, "").trim(), output: "" }));
    },
  );
}

/** A world with the sessions, profiles and programs that the documents name. */
async function documentWorld() {
  const line = MAIN_JOB.slice(1).join(" ");
  const config = `${sessionSection("my-sso")}
${sessionSection("corp")}
[profile my-dev-profile]
credential_process = sso-cred my-sso ${line}
region = eu-west-1

[profile dev]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = ReadOnly
region = eu-west-1
`;
  const accounts = [
    {
      accountId: "123456789011",
      accountName: "dev-one",
      emailAddress: "dev@example.com",
      roles: ["Admin", "ReadOnly"],
    },
  ];
  const world = await binaryWorld({ config, center: { accounts }, browser: "ignore" });
  const { home, center } = world;
  for (const session of ["my-sso", "corp"]) await signedIn({ home, center }, {}, session);
  const tools = join(home.path, "tools");
  mkdirSync(tools);
  placeExecutable(tools);
  // In place of the AWS CLI: it only gets the credentials of the profile, its last argument.
  await home.write(
    "tools/aws",
    '#!/bin/sh\nfor profile; do :; done\nexec sso-cred --profile "$profile"\n',
    0o755,
  );
  await home.write("tools/terraform", '#!/bin/sh\ntest -n "$AWS_SESSION_TOKEN"\n', 0o755);
  await home.write("long-job", '#!/bin/sh\ntest -n "$AWS_CONTAINER_CREDENTIALS_FULL_URI"\n', 0o755);
  const PATH = `${tools}:${BARE_PATH}`;
  return (command: string) =>
    start("/bin/sh", ["-c", command], { home, env: { ...world.options.env, PATH } }).done;
}

const isRun = (line: string) => line !== "" && !Object.keys(NOT_RUN).some((start) => line.startsWith(start));
const all = DOCUMENTS.map((document) => ({ document, commands: commandsOf(document) }));

describe("the commands of", () => {
  for (const { document, commands } of all) {
    const mine = commands.filter(({ line }) => isRun(line));
    if (mine.length === 0) continue;
    test(`${document} do what it says`, async () => {
      const run = await documentWorld();
      for (const { line, output } of mine) {
        // It is for machines without a config.
        if (line.includes("--session-only")) await run("rm ~/.aws/config");
        if (output === "") {
          const { code, stderr } = await run(line);
          const complaint = code === 0 ? stderr.match(/^sso-cred: .*/m) : null;
          expect({ line, code, complaint, stderr }).toMatchObject({ code: EXIT[line] ?? 0, complaint: null });
        } else {
          // The documents show what a person sees who is not signed in.
          const runElsewhere = await documentWorld();
          await runElsewhere("sso-cred logout --all");
          const { stdout, stderr } = await runElsewhere(line);
          expect(stdout + stderr).toBe(output);
        }
      }
    });
  }
});

test("every exception above is of a command that a document has", () => {
  const lines = all.flatMap(({ commands }) => commands.map(({ line }) => line));
  const unused = Object.keys(NOT_RUN).filter((start) => !lines.some((line) => line.startsWith(start)));
  expect([...unused, ...Object.keys(EXIT).filter((line) => !lines.includes(line))]).toEqual([]);
});
