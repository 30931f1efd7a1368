import { describe, expect, it } from "vitest";
import { editConfig, sectionLines, uneditable } from "../../../src/config/edit.ts";
import { parseConfig } from "../../../src/config/ini.ts";
import { linesOf } from "../../../src/config/layout.ts";
import { readsAsEdited } from "../../../src/config/verifyEdit.ts";
import { fc } from "../../support/fuzzing.ts";
import { configText } from "./generatedConfig.ts";

const dev = { kind: "profile", name: "dev" } as const;
const setRegion = (text: string) => editConfig(text, [{ set: dev, entries: [["region", "us-east-1"]] }]);

describe("editing a config", () => {
  it("changes a value in place and leaves its spacing, its key and its neighbours alone", () => {
    const before = "; mine\n[profile dev]\n  Region:  old  \noutput = json\n";
    expect(setRegion(before)).toBe("; mine\n[profile dev]\n  Region:  us-east-1\noutput = json\n");
  });

  it("gives an empty key its value", () => {
    expect(setRegion("[profile dev]\nregion =\noutput = json\n")).toBe(
      "[profile dev]\nregion = us-east-1\noutput = json\n",
    );
  });

  it("replaces a value together with its continuation lines", () => {
    expect(setRegion("[profile dev]\nregion = a\n  b\n  c\noutput = json\n")).toBe(
      "[profile dev]\nregion = us-east-1\noutput = json\n",
    );
  });

  it("puts a new key after the section's last option, before its comments and blank lines", () => {
    const before = "[profile dev]\ns3 =\n  max = 1\n\n# later\n\n[profile next]\n";
    expect(setRegion(before)).toBe(
      "[profile dev]\ns3 =\n  max = 1\nregion = us-east-1\n\n# later\n\n[profile next]\n",
    );
  });

  it.each([
    ["CRLF", "\r\n"],
    ["CR", "\r"],
    ["LF", "\n"],
  ])("ends new lines with %s where the file does", (_name, end) => {
    const before = `\ufeff[profile dev]${end}output = json${end}`;
    const added = editConfig(before, [
      { set: dev, entries: [["region", "r"]] },
      { add: { kind: "sso-session", name: "s" }, entries: [["sso_region", "r"]] },
    ]);
    expect(added).toBe(`${before}region = r${end}${end}[sso-session s]${end}sso_region = r${end}`);
  });

  it("ends the last line before it writes below it", () => {
    expect(setRegion("[profile dev]\noutput = json")).toBe(
      "[profile dev]\noutput = json\nregion = us-east-1\n",
    );
  });

  it("writes into an empty file without a blank line before", () => {
    const add = { add: { kind: "profile", name: "default" }, entries: [["region", "r"]] } as const;
    expect(editConfig("", [add])).toBe("[default]\nregion = r\n");
    expect(editConfig("\ufeff", [add])).toBe("\ufeff[default]\nregion = r\n");
  });

  it("changes the effective value where keys or sections are repeated", () => {
    expect(setRegion("[profile dev]\nregion=a\nregion=b\n[x y]\n[profile dev]\noutput=json\n")).toBe(
      "[profile dev]\nregion=a\nregion=us-east-1\n[x y]\n[profile dev]\noutput=json\n",
    );
  });

  it("edits [profile default] and not [default], which it replaces", () => {
    const edit = { set: { kind: "profile", name: "default" }, entries: [["region", "b"]] } as const;
    expect(editConfig("[default]\nregion=a\n[profile default]\nregion=x\n", [edit])).toBe(
      "[default]\nregion=a\n[profile default]\nregion=b\n",
    );
  });

  it("removes keys wherever they are repeated, with their continuation lines", () => {
    const before = "[profile dev]\nsso_session = s\nregion = a\n  b\nREGION = c\n";
    expect(editConfig(before, [{ restore: dev, keys: ["region"] }])).toBe("[profile dev]\nsso_session = s\n");
  });

  it("comments keys out in place, and restores them exactly", () => {
    const before =
      "[profile dev]\r\n  sso_session = s\r\n    # note\r\n  region=a\r\n  SSO_ROLE_NAME: R\r\n    more";
    const edit = { setAside: dev, keys: ["sso_session", "sso_role_name"], entries: [["x", "y"]] } as const;
    const after = editConfig(before, [edit]);
    expect(after).toBe(
      "[profile dev]\r\n  x = y\r\n#sso-cred#   sso_session = s\r\n    # note\r\n  region=a\r\n#sso-cred#   SSO_ROLE_NAME: R\r\n#sso-cred#     more",
    );
    expect(editConfig(after, [{ restore: dev, keys: ["x"] }])).toBe(before);
    const entries = [["sso_session", "t"]] as const;
    expect(editConfig(after, [{ restore: dev, keys: ["x"], entries }])).toBe(
      "[profile dev]\r\n  sso_session = t\r\n    # note\r\n  region=a\r\n",
    );
  });

  it("removes set-aside lines together with their section, also directly before another section", () => {
    const before = "[profile dev]\nx = y\n#sso-cred# sso_session = s\n[profile b]\n";
    expect(editConfig(before, [{ remove: dev }])).toBe("[profile b]\n");
  });

  it("removes a section with its own comments and keeps the comment that touches the next", () => {
    const before = "[profile a]\nx=1\n\n[profile dev]\n# note\ny=2\n# more\n\n# about b\n[profile b]\n";
    expect(editConfig(before, [{ remove: dev }])).toBe("[profile a]\nx=1\n\n# about b\n[profile b]\n");
    expect(editConfig("[profile dev]\ny=2\n# b's\n[profile b]\n", [{ remove: dev }])).toBe(
      "# b's\n[profile b]\n",
    );
  });

  it("never writes a control character", () => {
    expect(() => editConfig("", [{ add: dev, entries: [["region", "a\n[profile evil]"]] }])).toThrow(
      /control/,
    );
  });

  it("names the line that makes edits ambiguous", () => {
    expect(uneditable("[a]\nx=1\n[profile dev\n")).toEqual({
      line: 3,
      problem: "starts a section with [ and does not close it",
    });
    expect(uneditable("[a]\nx=\0\n")).toEqual({ line: 2, problem: "holds a NUL byte" });
    expect(uneditable("[a]\r\nx=[\r\n")).toBeUndefined();
  });

  it("splits any text into lines that together are that text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\r", "\n", "[", "\ufeff") }), (text) => {
        const start = text.startsWith("\ufeff") ? "\ufeff" : "";
        expect(
          start +
            linesOf(text)
              .map((line) => text.slice(line.start, line.end))
              .join(""),
        ).toBe(text);
      }),
    );
  });
});

describe("for any config", () => {
  const keysOf = (text: string, name: string) =>
    parseConfig(text, "config").find((section) => section.kind === "profile" && section.name === name)?.keys;
  const others = (text: string, name: string) =>
    parseConfig(text, "config").filter((section) => section.name !== name);

  it("setting keys changes what is read of them, and nothing else", () => {
    fc.assert(
      fc.property(configText, fc.constantFrom("region", "credential_process", "new_key"), (text, key) => {
        const entries = [[key, "/opt/x --y z"]] as const;
        for (const { name } of parseConfig(text, "config").filter(({ kind }) => kind === "profile")) {
          const after = editConfig(text, [{ set: { kind: "profile", name }, entries }]);
          expect(keysOf(after, name)).toEqual(new Map([...(keysOf(text, name) ?? []), ...entries]));
          expect(others(after, name)).toEqual(others(text, name));
        }
      }),
    );
  });

  it("adding a section and removing it again changes nothing that is read", () => {
    fc.assert(
      fc.property(configText, (text) => {
        const added = { kind: "profile", name: "brand-new" } as const;
        const after = editConfig(text, [{ add: added, entries: [["region", "r"]] }]);
        expect(after.startsWith(text)).toBe(true);
        expect(keysOf(after, "brand-new")?.get("region")).toBe("r");
        expect(others(after, "brand-new")).toEqual(parseConfig(text, "config"));
        expect(sectionLines(after)(added)).toEqual(["[profile brand-new]", "region = r"]);
        const removed = editConfig(after, [{ remove: added }]);
        expect(parseConfig(removed, "config")).toEqual(parseConfig(text, "config"));
      }),
    );
  });

  it("removing a section leaves every line that is not its own", () => {
    fc.assert(
      fc.property(configText, (text) => {
        for (const { name } of parseConfig(text, "config").filter(({ kind }) => kind === "profile")) {
          const after = editConfig(text, [{ remove: { kind: "profile", name } }]);
          expect(others(after, name)).toEqual(others(text, name));
          if (name !== "default") expect(keysOf(after, name)).toBeUndefined();
        }
      }),
    );
  });

  it("removing keys is either read as such or rejected", () => {
    fc.assert(
      fc.property(configText, (text) => {
        for (const { name } of parseConfig(text, "config").filter(({ kind }) => kind === "profile")) {
          const edits = [{ restore: { kind: "profile", name }, keys: ["region", "x"] }] as const;
          const after = editConfig(text, edits);
          const keys = keysOf(text, name);
          const left = new Map([...(keys ?? [])].filter(([key]) => key !== "region" && key !== "x"));
          const isRight = JSON.stringify([...(keysOf(after, name) ?? [])]) === JSON.stringify([...left]);
          if (!isRight) expect(readsAsEdited(text, edits, after)).toBe(false);
          expect(others(after, name)).toEqual(others(text, name));
        }
      }),
    );
  });

  it("rejects an edit that changes the meaning of a neighbouring line", () => {
    const text = "[profile dev]\nk = 1\n  foo = 2\n  a:b\n";
    const edits = [{ restore: dev, keys: ["foo"] }] as const;
    expect(readsAsEdited(text, edits, editConfig(text, edits))).toBe(false);
    const fine = [{ restore: dev, keys: ["k"] }] as const;
    expect(readsAsEdited(text, fine, editConfig(text, fine))).toBe(true);
  });
});
