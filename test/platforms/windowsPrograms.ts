import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";
import type { Case } from "./case.ts";
import { profileOf, type Windows } from "./windows.ts";
import { expectDocument, MAIN_JOB, SESSION, type World } from "./world.ts";

const REG = "C:\\windows\\system32\\reg.exe";
const CERTIFICATES = "HKLM\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates";

/** The program that starts ours, and the programs that ours starts. */
export const windowsPrograms: readonly Case<Windows>[] = [
  {
    title:
      "the line that init writes for a path with a space has no quotes, and runs by cmd /c, by cmd /d /s /c and without a shell",
    async act(world) {
      const { home, machine, env } = world;
      await world.signIn(3600);
      await world.call(["init", SESSION, "--all", "--yes"]).done;
      const line = /^credential_process = (.*ReadOnly)\r?$/m.exec(await home.read(".aws/config"))?.[1] ?? "";
      assert.match(line, /^C:\\PROG[^\\ "]*\\sso-cred\\sso-cred\.exe my-sso /);
      expectDocument(await machine.startShell(home, line, { env }).done, world);
      const withS = machine.startLine(home, `C:\\windows\\system32\\cmd.exe /d /s /c "${line}"`, { env });
      expectDocument(await withS.done, world);
      expectDocument(await machine.startLine(home, line, { env }).done, world);
      const { stdout } = await world.call(["doctor", "--offline", "--json"]).done;
      const ids = JSON.parse(stdout).map(({ id }: { id: string }) => id);
      assert.deepEqual(
        ids.filter((id: string) => id.startsWith("command-")),
        [],
      );
    },
  },
  {
    title: "init writes the path that it was called or found by, links not resolved",
    async act(world) {
      const { home, machine, env } = world;
      await world.signIn(3600);
      symlinkSync(join(machine.drive, "Program Files/sso-cred"), join(machine.drive, "current"));
      const line = `init ${SESSION} --all --yes --dry-run`;
      const onPath = { env: { ...env, Path: "C:\\windows\\system32;C:\\current" } };
      for (const call of [
        machine.startLine(home, `C:\\CURRENT\\sso-cred.exe ${line}`, { env }),
        machine.startShell(home, `sso-cred ${line}`, onPath),
        machine.startShell(home, `.\\sso-cred ${line}`, { env, cwd: "C:\\current" }),
      ]) {
        assert.match(
          (await call.done).stdout,
          /^\+credential_process = C:\\current\\sso-cred\.exe my-sso /im,
        );
      }
    },
  },
  {
    title: "without BROWSER the page is opened by the program that is registered for http",
    async act(world) {
      const visits = await registerBrowser(world);
      expectDocument(await world.mainJob({ BROWSER: undefined }), world);
      assert.equal(visits().length, 1);
    },
  },
  {
    title: "a rundll32.exe in the caller's folder is not run",
    async act(world) {
      const visits = await registerBrowser(world);
      const here = join(world.home.path, "here");
      mkdirSync(here);
      symlinkSync(world.machine.nodeFile, join(here, "rundll32.exe"));
      writeFileSync(join(here, "url.dll,FileProtocolHandler"), "require('fs').writeFileSync('intruded', '')");
      const cwd = `${profileOf(world.home)}\\here`;
      expectDocument(await world.call(MAIN_JOB, { cwd, env: { BROWSER: undefined } }).done, world);
      assert.deepEqual([visits().length, await world.home.exists("here/intruded")], [1, false]);
    },
  },
  {
    title: "a BROWSER that is a .cmd file, which only a shell could run, is passed over",
    async act(world) {
      const visits = await registerBrowser(world);
      await world.home.write("browser.cmd", "@echo off\r\n");
      expectDocument(await world.mainJob({ BROWSER: `${profileOf(world.home)}\\browser.cmd` }), world);
      assert.equal(visits().length, 1);
    },
  },
  {
    title: "node_debug, which Windows does not distinguish from NODE_DEBUG, is removed",
    async act(world) {
      await world.signIn(3600);
      expectDocument(await world.mainJob({ node_debug: "net" }), world);
    },
  },
  {
    title: "a console that is closed while a token is redeemed ends the process after that, with no error",
    async act({ home, machine }) {
      const script = machine.named(fileURLToPath(new URL("closedConsole.ts", import.meta.url)));
      const { code, stdout, stderr } = await machine.start(home, machine.node, ["--no-warnings", script])
        .done;
      assert.deepEqual([code, stdout, stderr], [129, "the work is done\n", ""]);
    },
  },
  {
    title: "a CA in the system's own store is known",
    options: { center: { tls: SERVER_TLS } },
    async act(world) {
      await world.signIn(3600);
      assert.equal((await world.mainJob()).code, 7);
      const { raw, fingerprint } = new X509Certificate(readFileSync(CA_FILE));
      const key = `${CERTIFICATES}\\${fingerprint.replaceAll(":", "")}`;
      await reg(
        world,
        "add",
        key,
        "/v",
        "Blob",
        "/t",
        "REG_BINARY",
        "/d",
        storeEntry(raw, fingerprint),
        "/f",
      );
      try {
        expectDocument(await world.mainJob(), world);
      } finally {
        await reg(world, "delete", key, "/f");
      }
    },
  },
];

/** Registers the world's browser as the one that Windows opens. Returns the visited addresses. */
export async function registerBrowser(world: World<Windows>, visits = true): Promise<() => string[]> {
  const command = world.machine.browser(world.home, "opened", visits).replace("%s", '"%1"');
  for (const scheme of ["http", "https"])
    await reg(
      world,
      ...["add", `HKLM\\Software\\Classes\\${scheme}\\shell\\open\\command`, "/ve", "/d", command, "/f"],
    );
  return world.opened;
}

async function reg({ home, machine }: World<Windows>, ...words: string[]): Promise<void> {
  const { code, stdout, stderr } = await machine.start(home, REG, words).done;
  assert.equal(code, 0, stdout + stderr);
}

/**
 * A certificate in the registry's format: properties of number, 1, length, bytes. Property 3 is its
 * SHA-1, 32 the certificate.
 */
function storeEntry(certificate: Buffer, fingerprint: string): string {
  const property = (number: number, bytes: Buffer) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(number, 0);
    head.writeUInt32LE(1, 4);
    head.writeUInt32LE(bytes.length, 8);
    return Buffer.concat([head, bytes]);
  };
  const sha1 = Buffer.from(fingerprint.replaceAll(":", ""), "hex");
  return Buffer.concat([property(3, sha1), property(32, certificate)]).toString("hex");
}
