import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hostTarget } from "../../scripts/toolchain.mjs";
import {
  FRONT,
  home,
  install,
  installed,
  release,
  releases,
  SAYS_VERSION,
  SCRIPT,
  serveReleases,
} from "../support/installer.ts";
import { start } from "../support/run.ts";
import { listen } from "../support/temporary.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

describe("install.sh with a release archive", () => {
  const SHARED = {
    "share/man/man1/sso-cred.1": ".TH sso-cred 1\n",
    "share/bash-completion/completions/sso-cred": "# bash\n",
    "share/zsh/site-functions/_sso-cred": "#compdef sso-cred\n",
    "share/fish/vendor_completions.d/sso-cred.fish": "# fish\n",
  };

  /** An archive for this machine, as `npm run release` makes it. */
  async function published(version: string): Promise<string> {
    const name = `sso-cred-${version}-${hostTarget()}`;
    await home.write(`made/${name}/bin/sso-cred`, FRONT(version), 0o755);
    await home.write(`made/${name}/libexec/sso-cred/sso-cred`, SAYS_VERSION(version), 0o755);
    for (const [path, content] of Object.entries(SHARED)) await home.write(`made/${name}/${path}`, content);
    await start("tar", ["-czf", "made.tar.gz", "-C", "made", name], { home }).done;
    return release(await readFile(join(home.path, "made.tar.gz")), `${name}.tar.gz`);
  }

  test.for(["dash", "bash", "zsh", "busybox sh"])(
    "installs it with man page and completions, and removes all of it again, in %s, where there is one",
    async (shell, { skip }) => {
      const [file = "", ...words] = shell.split(" ");
      skip(spawnSync(file, [...words, "-c", "true"]).status !== 0, `there is no ${shell}`);
      const run = (args: readonly string[]) => start(file, [...words, SCRIPT, ...args], { home }).done;

      expect(await run(["--from", await published("1.2.3")])).toMatchObject({ code: 0, stderr: "" });
      expect((await start(installed(), ["--version"], { home }).done).stdout).toBe("sso-cred 1.2.3\n");
      for (const [path, content] of Object.entries(SHARED))
        expect(await home.read(`.local/${path}`)).toBe(content);
      expect(await run(["--uninstall"])).toMatchObject({ code: 0, stderr: "" });
      expect(await home.files(".local")).toEqual([]);
    },
  );

  test("chooses it for this machine from an address that ends in /", async () => {
    await published("1.2.3");
    const url = `${await serveReleases()}/`;
    expect(await install(["--from", url])).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(installed(), "utf8")).toBe(FRONT("1.2.3"));
    await home.write("release/SHA256SUMS", "00  sso-cred-1.2.3-plan9-x64.tar.gz\n");
    const { code, stderr } = await install(["--from", url]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `install: ${url} has no archive for ${hostTarget()}\n`,
    });
  });

  test("rejects half of an archive, and keeps what is installed", async () => {
    await install(["--from", await published("1.0.0")]);
    const file = await published("2.0.0");
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    expect((await install(["--from", file])).stderr).toContain("nothing was installed");
    expect((await start(installed(), ["--version"], { home }).done).stdout).toBe("sso-cred 1.0.0\n");
  });

  test("counts the profiles that break when it is uninstalled", async () => {
    await install(["--from", await published("1.0.0")]);
    const line = `credential_process = ${installed()} corp --account-id 123456789011 --role-name ReadOnly\n`;
    const config = await home.write(".aws/config", `[profile a]\n${line}[profile b]\n${line}`);
    const { code, stdout } = await install(["--uninstall"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `2 profile(s) in ${config} run it. To turn them into plain SSO profiles first: ${installed()} init --revert\n`,
    );
  });
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

describe.skipIf(!hasCurl)("install.sh --from an https address (needs curl)", () => {
  /** Redirects each request to `to`; if that is undefined, serves the folder of releases. */
  async function serve(secure: boolean, to?: string): Promise<string> {
    const redirect: RequestListener = ({ url }, response) =>
      void response.writeHead(302, { location: `${to}${url}` }).end();
    const listener = to === undefined ? releases : redirect;
    const server = secure ? createSecureServer(SERVER_TLS, listener) : createServer(listener);
    return `${secure ? "https" : "http"}://localhost:${await listen(server)}`;
  }

  test.each([
    ["https", true, 0],
    ["http", false, 1],
  ])("with a redirect to %s", async (_, isSecure, code) => {
    await release(SAYS_VERSION("1.2.3"));
    const origin = await serve(true, await serve(isSecure));
    const env = { CURL_CA_BUNDLE: CA_FILE };
    const result = await install(["--from", `${origin}/sso-cred-test`], { env });
    expect(result.code).toBe(code);
    expect(await home.exists(".local/bin/sso-cred")).toBe(isSecure);
    if (!isSecure) expect(result.stderr).toContain(`install: cannot download ${origin}/sso-cred-test\n`);
  });
});

describe("install.sh --from URL", () => {
  test("downloads the file and its sums, and says what it cannot download", async () => {
    const file = await release(SAYS_VERSION("1.2.3"));
    const url = await serveReleases();
    // Nothing listens there: loopback is not proxied.
    const env = { http_proxy: "http://127.0.0.1:9" };
    const good = await install(["--from", `${url}/sso-cred-test`], { env });
    const bad = await install(["--from", `${url}/gone`]);

    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(installed(), "utf8")).toBe(await readFile(file, "utf8"));
    expect(bad).toMatchObject({ code: 1, stdout: "" });
    expect(bad.stderr).toContain(`install: cannot download ${url}/gone\n`);
  });
});
