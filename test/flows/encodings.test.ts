import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { profile, sessionSection } from "../support/home.ts";
import { initWorld, ONE } from "../support/initWorld.ts";

/** "# 本番" in Shift JIS and "# Schlüssel" in Windows-1252. */
const COMMENTS = Buffer.from("# \x96\x7b\x94\xd4\r\n# Schl\xfcssel\n", "latin1");

async function worldWith(config: Buffer) {
  const world = await initWorld();
  await writeFile(world.home.configFile, config);
  return world;
}

describe("a config that is not all UTF-8", () => {
  const config = Buffer.concat([COMMENTS, Buffer.from(sessionSection("corp")), COMMENTS]);

  it("serves the main job", async () => {
    const { call } = await worldWith(config);
    expect(await call()).toMatchObject({ code: 0, stderr: "" });
  });

  it("is edited by init byte for byte, and its backup is the file as it was", async () => {
    const { init, home } = await worldWith(config);
    expect(await init("corp", ...ONE)).toMatchObject({ code: 0, stderr: "" });
    const added = Buffer.from(`\n${profile("dev", "123456789011", "Admin")}`);
    const after = await readFile(home.configFile);
    expect(after.toString("latin1")).toBe(Buffer.concat([config, added]).toString("latin1"));
    expect(await readFile(`${home.configFile}.sso-cred.bak`)).toEqual(config);
  });

  it("is rejected only if such a byte is in a value that is needed", async () => {
    const text = sessionSection("corp").replace("/start", "/st\xe4rt");
    const { call } = await worldWith(Buffer.from(text, "latin1"));
    const { code, stderr } = await call();
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /\[sso-session corp\]: sso_start_url is not an https URL, as its character \d+ is not UTF-8: /,
    );
  });
});

const LITTLE_ENDIAN = Buffer.from(sessionSection("corp"), "utf16le");

it.each([
  ["with a byte order mark", Buffer.concat([Buffer.from([0xff, 0xfe]), LITTLE_ENDIAN])],
  ["without one", LITTLE_ENDIAN],
  ["big-endian", Buffer.from(LITTLE_ENDIAN).swap16()],
])("a config in UTF-16 (%s) is named, also by doctor, and the command fixes it", async (_, config) => {
  const { call, home } = await worldWith(config);
  const { code, stderr } = await call();
  expect(code).toBe(3);
  expect(stderr).toContain(`${home.configFile} is UTF-16 text`);
  const run = /^ {2}run: (.*)$/m.exec(stderr)?.[1] ?? "";
  const findings: object[] = JSON.parse((await call(["doctor", "--offline", "--json"])).stdout);
  const errors = findings.filter((one) => "severity" in one && one.severity === "error");
  expect(errors).toMatchObject([{ id: "config-encoding", where: home.configFile, run }]);
  execFileSync("sh", ["-c", run]);
  expect((await call()).code).toBe(0);
});
