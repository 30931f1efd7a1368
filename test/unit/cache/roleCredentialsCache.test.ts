import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  readRoleCredentials,
  removeRoleCredentials,
  writeRoleCredentials,
} from "../../../src/cache/roleCredentialsCache.ts";
import { roleCredentialsPath } from "../../../src/hit/paths.ts";
import { runInChild } from "../../support/child.ts";
import { roleFile } from "../../support/home.ts";
import { ssoSession } from "../../support/sessions.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const VECTORS = new URL("../../vectors/aws-cli-2.36.7/", import.meta.url);
const corp = ssoSession();
const legacy = ssoSession({ name: null });
const NOON = Date.UTC(2026, 2, 1, 12);
const credentials = { accessKeyId: "ASIA1", secretAccessKey: "s", sessionToken: "t", expiration: NOON };
const admin = { accountId: "111122223333", roleName: "Admin" };

let home: string;
let system: { env: Record<string, string>; platform: "linux" };
let folder: string;
beforeEach(() => {
  home = temporaryFolder();
  system = { env: { HOME: home }, platform: "linux" };
  folder = join(home, ".aws/cli/cache");
});

const put = (name: string, content: unknown) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
};
const names = () => readdirSync(folder).sort();

describe("the file", () => {
  it.each([
    ["device-session", corp],
    ["refresh", corp],
    ["device-legacy", legacy],
  ])("is the AWS CLI's, with our own names behind its fields (%s)", (scenario, session) => {
    const role = { session, ...admin };
    const path = roleCredentialsPath(role, system);
    const vector = readFileSync(
      new URL(`${scenario}/dot-aws${path.slice(home.length + 5)}`, VECTORS),
      "utf8",
    );
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, vector);
    const read = readRoleCredentials(role, system);
    expect(read?.accessKeyId).toMatch(/^ASIAFAKE/);
    writeRoleCredentials(
      role,
      { ...credentials, ...read, expiration: (read?.expiration ?? 0) + 999 },
      system,
    );
    const ours = `, "SsoCred": {"session": "${session.name ?? session.startUrl}", "accountId": "111122223333", "roleName": "Admin", "startUrl": "${session.startUrl}", "region": "${session.region}"}}`;
    expect(readFileSync(path, "utf8")).toBe(vector.slice(0, -1) + ours);
  });

  it.each(["off", "OFF", "no", "false", "0", "off "])(
    "is neither written nor read with SSO_CRED_CACHE=%j",
    (word) => {
      const role = { session: corp, ...admin };
      writeRoleCredentials(role, credentials, system);
      const off = { ...system, env: { ...system.env, SSO_CRED_CACHE: word } };
      expect(readRoleCredentials(role, off)).toBeUndefined();
      rmSync(folder, { recursive: true });
      writeRoleCredentials(role, credentials, off);
      expect(readRoleCredentials(role, system)).toBeUndefined();
      expect(() => names()).toThrow("ENOENT");
    },
  );

  it.each([
    ["start URL", { startUrl: "https://d-0000000000.awsapps.com/start" }],
    ["region", { region: "eu-west-3" }],
    ["portal", { endpoints: { ssoUrl: "http://127.0.0.1:4566", useFips: false, useDualstack: false } }],
  ])("of another %s is a miss", (_, changes) => {
    const changed = ssoSession({ ...corp, ...changes });
    writeRoleCredentials({ session: changed, ...admin }, credentials, system);
    expect(readRoleCredentials({ session: changed, ...admin }, system)).toMatchObject(credentials);
    expect(readRoleCredentials({ session: corp, ...admin }, system)).toBeUndefined();
  });

  it("of another account under this name is a miss", () => {
    const role = { session: corp, ...admin };
    writeRoleCredentials(role, credentials, system);
    const text = readFileSync(roleCredentialsPath(role, system), "utf8");
    writeFileSync(
      roleCredentialsPath(role, system),
      text.replace('"AccountId": "111122223333"', '"AccountId": "9"'),
    );
    expect(readRoleCredentials(role, system)).toBeUndefined();
  });
});

describe("removal", () => {
  const other = ssoSession({ name: "other" });
  beforeEach(() => {
    writeRoleCredentials({ session: corp, ...admin }, credentials, system);
    writeRoleCredentials({ session: other, ...admin }, credentials, system);
    writeRoleCredentials({ session: legacy, ...admin }, credentials, system);
    put("assumed.json", { Credentials: {}, ProviderType: "assume-role" });
    put("list.json", "[]");
    put("text.json", '"sso"');
    put("half.json", '{"ProviderType": "sso"');
    put("session.db", "SQLite");
    put("copy.txt", roleFile(NOON, admin.accountId));
    mkdirSync(join(folder, "folder.json"));
    symlinkSync("nowhere", join(folder, "dangling.json"));
  });
  const foreign = [
    "assumed.json",
    "copy.txt",
    "dangling.json",
    "folder.json",
    "half.json",
    "list.json",
    "session.db",
    "text.json",
  ];
  const fileOf = (session: typeof corp) =>
    roleCredentialsPath({ session, ...admin }, system).slice(folder.length + 1);

  it("of a session removes the files that name it", () => {
    expect(removeRoleCredentials({ session: corp, pairs: [] }, system)).toBe(1);
    expect(names()).toEqual([...foreign, fileOf(other), fileOf(legacy)].sort());
  });

  it("of a legacy profile removes the files that name its start URL", () => {
    expect(removeRoleCredentials({ session: legacy, pairs: [] }, system)).toBe(1);
    expect(names()).toEqual([...foreign, fileOf(other), fileOf(corp)].sort());
  });

  it("removes the AWS CLI's files, which name no session, by the roles of the config", () => {
    put(fileOf(corp), roleFile(NOON, admin.accountId));
    expect(removeRoleCredentials({ session: corp, pairs: [] }, system)).toBe(0);
    expect(
      removeRoleCredentials({ session: corp, pairs: [admin, { ...admin, roleName: "None" }] }, system),
    ).toBe(1);
    expect(names()).toEqual([...foreign, fileOf(other), fileOf(legacy)].sort());
  });

  it("of all sessions removes every SSO file, and nothing else", () => {
    put("any-name.json", roleFile(NOON, "1"));
    expect(removeRoleCredentials("all", system)).toBe(4);
    expect(names()).toEqual(foreign);
  });

  it("without a folder removes nothing", () => {
    rmSync(folder, { recursive: true });
    expect(removeRoleCredentials("all", system)).toBe(0);
  });

  it("that the system refuses is an error that names the file", () => {
    for (const path of ["", ".aws", ".aws/cli"]) chmodSync(join(home, path), 0o755);
    for (const file of [corp, other, legacy].map(fileOf)) chmodSync(join(folder, file), 0o644);
    chmodSync(folder, 0o555);
    const code = `try { m.removeRoleCredentials("all", ${JSON.stringify(system)}) }
      catch (error) { process.stdout.write(error.kind + ": " + error.message) }`;
    const module = new URL("../../../src/cache/roleCredentialsCache.ts", import.meta.url);
    const said = runInChild(module, code, { unprivileged: true });
    chmodSync(folder, 0o755);
    expect(said).toMatch(/^config: cannot remove \/.*\.json \(EACCES\)(: \/.* belongs to root)?$/);
  });
});
