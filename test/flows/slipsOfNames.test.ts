import { expect, test } from "vitest";
import { complaint } from "../support/complaint.ts";
import { SSO_KEYS, sessionSection } from "../support/home.ts";
import { MAIN_JOB } from "../support/signInWorld.ts";

const CORP = sessionSection("corp");

test.each([
  "[profile-dev]",
  "[profile=dev]",
  "[profile.dev]",
  "[profile: dev]",
  "profile dev",
  "(profile dev)",
])("a header that joins kind and name in another way is named: %s", async (header) => {
  expect(await complaint(`${header}\n${SSO_KEYS}${CORP}`)).toBe(
    `CONFIG has no [profile dev]; line 1 has ${header}, which should be [profile dev]`,
  );
});

test.each(["[sso-session-corp]", "[sso session corp]", "sso-session corp", "[[sso-session corp]]"])(
  "so is one of a session: %s",
  async (header) => {
    expect(await complaint(CORP.replace("[sso-session corp]", header), MAIN_JOB)).toBe(
      `CONFIG has no [sso-session corp]; line 1 has ${header}, which should be [sso-session corp]`,
    );
  },
);

test.each([
  ["start_url", "sso_start_url", 2],
  ["sso start url", "sso_start_url", 2],
  ["sso_start", "sso_start_url", 2],
  ["region", "sso_region", 3],
])("a key of a session without its first or last part is named: %s", async (written, meant, line) => {
  expect(await complaint(CORP.replace(meant, written), MAIN_JOB)).toBe(
    `CONFIG: [sso-session corp] has no ${meant}; line ${line} has ${written}: did you mean ${meant}?`,
  );
});

test.each([
  ["session", "sso_session", 2],
  ["account_id", "sso_account_id", 3],
  ["sso_role", "sso_role_name", 4],
])("so is one of a profile: %s", async (written, meant, line) => {
  expect(await complaint(`[profile dev]\n${SSO_KEYS.replace(meant, written)}${CORP}`)).toBe(
    `CONFIG: [profile dev] has no ${meant}; line ${line} has ${written}: did you mean ${meant}?`,
  );
});

test.each([
  ["sso_\u200bregion", "sso_ region (character 5 is U+200B, a zero-width space): did you mean sso_region?"],
  ["sso_region\u00ad", "sso_region (character 11 is U+00AD, a soft hyphen): did you mean sso_region?"],
  ['"sso_region"', '"sso_region": did you mean sso_region?'],
  ["ssо_region", "ssо_region: did you mean sso_region?"],
])("a key with a character that does not belong there is named: %j", async (written, message) => {
  expect(await complaint(CORP.replace("sso_region", written), MAIN_JOB)).toBe(
    `CONFIG: [sso-session corp] has no sso_region; line 3 has ${message}`,
  );
});

test.each(["＝", " ＝ "])("a full-width equals sign is named: %j", async (sign) => {
  expect(await complaint(CORP.replace("sso_region = ", `sso_region${sign}`), MAIN_JOB)).toBe(
    "CONFIG: [sso-session corp] has no sso_region; line 3 has sso_region without an = after it; ＝ is not =",
  );
});

test.each(["region = eu-west-1", "sso_region ="])("a key that is right is not: %s", async (line) => {
  const legacy = `[profile dev]\nsso_start_url = https://d-1234567890.awsapps.com/start\n${line}\n`;
  expect(await complaint(legacy)).toBe("CONFIG: [profile dev] has no sso_region");
});
