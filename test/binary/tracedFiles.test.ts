import { chownSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { tokenPath } from "../support/home.ts";
import { BINARY, start } from "../support/run.ts";
import { canTrace } from "../support/systemCalls.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

it.skipIf(!canTrace)(
  "a power cut loses no refreshed token: text, then name are synced (needs strace)",
  async () => {
    const { home, center, options } = await binaryWorld();
    await signedIn({ home, center }, { expiresAt: "2020-01-01T00:00:00Z" });
    const calls = join(home.path, "calls");
    const trace = ["-f", "-qq", "-y", "-o", calls, "-e", "trace=fsync,?rename,?renameat,?renameat2"];
    expect(await start("strace", [...trace, BINARY, ...MAIN_JOB], options).done).toMatchObject({ code: 0 });

    const token = join(home.path, tokenPath("corp"));
    const lines = readFileSync(calls, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes("rename") && line.includes(`"${token}"`));
    expect(at).toBeGreaterThan(0);
    const isSyncOf = (what: string) => (line: string) => line.includes("fsync(") && line.includes(`<${what}`);
    expect(lines.slice(0, at).some(isSyncOf(`${dirname(token)}/.sso-cred-`))).toBe(true);
    expect(lines.slice(at).some(isSyncOf(`${dirname(token)}>`))).toBe(true);
  },
);

it.skipIf(!canTrace || process.getuid?.() !== 0)(
  "root changes owners and modes in another user's ~/.aws by descriptor only: the user could swap the file of a name (needs strace)",
  async () => {
    const { home, options } = await binaryWorld();
    const aws = join(home.path, ".aws");
    for (const name of ["", ...readdirSync(aws)]) chownSync(join(aws, name), 12_345, 12_345);
    const calls = join(home.path, "calls");
    const byName = "?chown,?lchown,fchownat,?chmod,fchmodat,?fchmodat2";
    const trace = ["-f", "-qq", "-o", calls, "-e", `trace=fchown,${byName}`, BINARY];
    const init = ["init", ...MAIN_JOB, "--yes"];
    expect(await start("strace", [...trace, ...MAIN_JOB], options).done).toMatchObject({ code: 0 });
    expect(await start("strace", ["-A", ...trace, ...init], options).done).toMatchObject({ code: 0 });
    const lines = readFileSync(calls, "utf8").split("\n");
    expect(lines.some((line) => / fchown\(/.test(line))).toBe(true);
    expect(lines.filter((line) => line.includes(aws))).toEqual([]);
  },
);

it.skipIf(!canTrace)(
  "a connection reads no CAs of OpenSSL's own, which on macOS are many (needs strace)",
  async () => {
    const env = { NODE_EXTRA_CA_CERTS: CA_FILE, SSO_CRED_LOGIN: "never" };
    const { home, center, options } = await binaryWorld({ center: { tls: SERVER_TLS }, env });
    await signedIn({ home, center });
    const calls = join(home.path, "calls");
    const trace = ["-f", "-qq", "-o", calls, "-e", "trace=file", BINARY];
    expect(await start("strace", [...trace, ...MAIN_JOB], options).done).toMatchObject({ code: 0 });
    const lines = readFileSync(calls, "utf8").split("\n");
    expect(lines.some((line) => line.includes(CA_FILE))).toBe(true);
    expect(lines.filter((line) => /\/cert\.pem"|\/certs"/.test(line))).toEqual([]);
  },
);
