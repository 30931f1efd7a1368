import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readmeConfig } from "../../scripts/demo/readmeConfig.ts";
import { EXIT_CODE } from "../../src/errors.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = [
  "README.md",
  "README.ja.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);

describe.each(DOCUMENTS)("%s", (document) => {
  const text = read(document);

  test("links to what is there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)]*)\)/g)].map(([, link = ""]) => link);
    const broken = links.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? document : join(dirname(document), path);
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchors(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test("names only files that exist", () => {
    const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w-]+\.(?:ts|mjs|cjs|sh|md))`/g)].map(
      ([, name = ""]) => name,
    );
    const isThere = (name: string) =>
      ["", "src/", "scripts/"].some((folder) => existsSync(join(ROOT, folder, name))) ||
      sources.some((source) => source.endsWith(`/${name}`));
    expect(named.filter((name) => !name.includes("NAME") && !isThere(name))).toEqual([]);
  });

  test("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = [...text.matchAll(/`npm run ([a-z]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("README.md", () => {
  const readme = read("README.md");

  test("lists the exit codes of the program", () => {
    const rows = [...readme.matchAll(/^\| (\d+) \| ([a-z-]+) \|/gm)].map(([, code, kind]) => [
      kind,
      Number(code),
    ]);
    expect(Object.fromEntries(rows)).toEqual({ success: 0, ...EXIT_CODE });
  });

  test("names every variable of ours that the program reads, and no other", () => {
    const ours = (text: string) => [...new Set(text.match(/\bSSO_CRED_[A-Z_]+\b/g))].sort();
    expect(ours(readme)).toEqual(ours(sources.map((name) => read(`src/${name}`)).join("\n")));
  });

  test("begins with a config of four lines and its session", async () => {
    const [profile = "", session = ""] = (await readmeConfig("/opt/my tools/sso-cred")).split("\n\n");
    expect(profile.split("\n")).toHaveLength(4);
    expect(profile).toContain(
      'credential_process = "/opt/my tools/sso-cred" my-sso --account-id 123456789011 --role-name ReadOnly',
    );
    expect(session.split("\n")[0]).toBe("[sso-session my-sso]");
  });
});

test("docs/architecture.md has every file and folder of src", () => {
  const plan = read("docs/architecture.md");
  const rooms = new Set(sources.map((name) => (name.includes("/") ? `${name.split("/")[0]}/` : name)));
  expect([...rooms].filter((room) => !plan.includes(room))).toEqual([]);
});

/** The anchors that GitHub makes of a document's headings. */
function anchors(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("README.ja.md keeps step with README.md", () => {
  const [english, japanese] = [read("README.md"), read("README.ja.md")];
  const blocks = (text: string) => text.match(/^```[\s\S]*?^```$/gm);
  const plain = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");

  test("in its headings", () => {
    const levels = (text: string) => [...plain(text).matchAll(/^(#+) /gm)].map(([, marks]) => marks);
    expect(levels(japanese)).toEqual(levels(english));
  });

  test("in its code blocks", () => {
    expect(blocks(japanese)).toEqual(blocks(english));
  });

  test("in its tables, down to the code in the first column", () => {
    const rows = (text: string) =>
      [...plain(text).matchAll(/^\|.*\|$/gm)].map(([row]) => {
        const cells = row.split(/(?<!\\)\|/).slice(1, -1);
        return { cells: cells.length, code: cells[0]?.match(/`[^`]+`/g) };
      });
    expect(rows(japanese)).toEqual(rows(english));
  });
});
