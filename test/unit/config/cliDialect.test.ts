import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { loadConfig } from "../../../src/config/configFile.ts";
import { resolveRole } from "../../../src/config/profile.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { fc } from "../../support/fuzzing.ts";
import { temporaryHome } from "../../support/temporary.ts";

const BOTOCORE = `
import json, sys, tempfile
from botocore.configloader import load_config, raw_config_parse
load = raw_config_parse if sys.argv[1] == "credentials" else load_config
def read(text):
    with tempfile.NamedTemporaryFile("w", newline="") as file:
        file.write(text)
        file.flush()
        try:
            return load(file.name)
        except Exception:
            return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;
const hasBotocore = spawnSync("python3", ["-c", "import botocore"]).status === 0;

interface Read {
  profiles?: Record<string, Record<string, string>>;
  sso_sessions?: Record<string, Record<string, string>>;
}

function botocore<T = Read>(texts: readonly string[], file = "config"): (T | null)[] {
  const options = { input: JSON.stringify(texts), encoding: "utf8" } as const;
  const { stdout, stderr, status } = spawnSync("python3", ["-c", BOTOCORE, file], options);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const ACCOUNTS = ["111111111111", "222222222222"];
const URLS = ["https://a.awsapps.com/start", "https://b.awsapps.com/start"];
const HEADERS = [
  "[profile q]",
  "[profile q]",
  "[profilex q]",
  '[profile "q"]',
  "[profile\tq]",
  "[ profile q]",
  "[profile q ]",
  "[profile q] # [x]",
  "  [profile q]",
  "[profile q",
  "[profile r]",
  "[sso-session corp]",
  "[sso-sessions corp]",
  "[sso-session 'corp']",
  "[services corp]",
  "[DEFAULT]",
  "[preview]",
];
const line = fc
  .tuple(
    fc.constantFrom("", "", "", " ", "    ", "\t"),
    fc.oneof(
      fc.constantFrom(...ACCOUNTS).map((id) => `sso_account_id = ${id}`),
      fc.constantFrom(...ACCOUNTS).map((id) => `SSO_ACCOUNT_ID: ${id} # mine`),
      fc.constantFrom("Admin", "ReadOnly").map((role) => `sso_role_name = ${role}`),
      fc.constantFrom(...URLS).map((url) => `sso_start_url = ${url}`),
      fc.constantFrom("sso_session = corp", "sso_region = eu-west-1", "region =", "region = x", "# note", ""),
    ),
  )
  .map((parts) => parts.join(""));
const section = fc
  .tuple(fc.constantFrom(...HEADERS), fc.array(line, { maxLength: 5 }))
  .map(([header, lines]) => [header, ...lines].join("\n"));
const START = `[sso-session corp]\nsso_start_url = ${URLS[0]}\nsso_region = eu-west-1\n`;
const PROFILE = `[profile q]\nsso_session = corp\nsso_account_id = ${ACCOUNTS[0]}\nsso_role_name = Admin\n`;
/** A good config, with sections before, between and after that may say otherwise. */
const config = fc
  .tuple(...[0, 1, 2].map(() => fc.array(section, { maxLength: 2 })))
  .map(([a = [], b = [], c = []]) => [...a, START, ...b, PROFILE, ...c].join("\n"));

it.skipIf(!hasBotocore)(
  "whatever the layout, a role that is accepted is the one that botocore reads (needs botocore)",
  async () => {
    const home = await temporaryHome();
    const system = fakeSystem({ env: home.env });
    const texts = fc.sample(config, { numRuns: 600, seed: 1 });
    const theirs = botocore(texts);
    let compared = 0;
    for (const [at, text] of texts.entries()) {
      const read = theirs[at];
      if (!read) continue;
      await home.write(".aws/config", text);
      let role: ReturnType<typeof resolveRole>;
      try {
        role = resolveRole(loadConfig(system), "q", system);
      } catch {
        continue;
      }
      compared++;
      const keys = read.profiles?.q ?? {};
      const session = keys.sso_session === undefined ? keys : (read.sso_sessions?.[keys.sso_session] ?? {});
      const pairs = [
        [keys.sso_account_id?.replace(/\s[#;].*/s, ""), role.accountId],
        [keys.sso_role_name, role.roleName],
        [session.sso_start_url, role.session.startUrl],
      ];
      // A key that botocore misses is an error there, and chooses no other role.
      for (const [botocores, ours] of pairs)
        if (botocores) expect(botocores, `botocore of\n${text}`).toBe(ours);
    }
    expect(compared).toBeGreaterThan(50);
  },
);

const CREDENTIALS_HEADERS = [
  "[q]",
  "[q]",
  "[q]",
  "[ q]",
  "[q ]",
  "  [q]",
  "[q] # [x]",
  '["q"]',
  "[r]",
  "[DEFAULT]",
];
const credentialsSection = fc
  .tuple(fc.constantFrom(...CREDENTIALS_HEADERS), fc.array(line, { minLength: 1, maxLength: 4 }))
  .map(([header, lines]) => [header, ...lines].join("\n"));

it.skipIf(!hasBotocore)(
  "whatever the layout of the credentials file, a role that is accepted is the one that botocore reads (needs botocore)",
  async () => {
    const home = await temporaryHome({ config: START + PROFILE });
    const system = fakeSystem({ env: home.env });
    const sections = fc.array(credentialsSection, { minLength: 1, maxLength: 3 });
    const texts = fc.sample(sections, { numRuns: 1000, seed: 1 }).map((each) => each.join("\n"));
    const theirs = botocore<Record<string, Record<string, string>>>(texts, "credentials");
    let compared = 0;
    for (const [at, text] of texts.entries()) {
      const read = theirs[at];
      if (!read) continue;
      await home.write(".aws/credentials", text);
      let role: ReturnType<typeof resolveRole>;
      try {
        role = resolveRole(loadConfig(system, { credentials: true }), "q", system);
      } catch {
        continue;
      }
      compared++;
      const { sso_account_id = ACCOUNTS[0], sso_role_name = "Admin" } = read.q ?? {};
      expect(sso_account_id?.replace(/\s[#;].*/s, ""), `botocore of\n${text}`).toBe(role.accountId);
      expect(sso_role_name, `botocore of\n${text}`).toBe(role.roleName);
    }
    expect(compared).toBeGreaterThan(100);
  },
);
