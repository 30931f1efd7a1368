import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { browserCommands, openBrowser } from "../../../src/platform/browser.ts";
import type { Home } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

const URL_ = "https://oidc.example/authorize?a=1&b=$HOME%20x;touch%20y";

describe("the commands", () => {
  const commands = (env: Record<string, string>, platform: NodeJS.Platform = "linux") =>
    browserCommands(URL_, { env, platform });

  it.each<[string, Record<string, string>, string[][]]>([
    ["append the URL", { BROWSER: "lynx" }, [["lynx", URL_]]],
    ["put it in the place of %s", { BROWSER: "lynx -x %s --end" }, [["lynx", "-x", URL_, "--end"]]],
    ["put it inside a word", { BROWSER: "open --url=%s" }, [["open", `--url=${URL_}`]]],
    [
      "come in the order of the list",
      { BROWSER: "a:b %s::c" },
      [
        ["a", URL_],
        ["b", URL_],
        ["c", URL_],
      ],
    ],
    [
      "are split as a shell does",
      { BROWSER: `'/opt/my app' "two words"` },
      [["/opt/my app", "two words", URL_]],
    ],
    ["expand nothing", { BROWSER: "$HOME/x `y` *" }, [["$HOME/x", "`y`", "*", URL_]]],
    ["leave out what names no program", { BROWSER: `"":  : ` }, []],
    ["are none without a display", {}, []],
    [
      "end with xdg-open under X11",
      { BROWSER: "a", DISPLAY: ":0" },
      [
        ["a", URL_],
        ["xdg-open", URL_],
      ],
    ],
    ["end with xdg-open under Wayland", { WAYLAND_DISPLAY: "w" }, [["xdg-open", URL_]]],
  ])("%s", (_, env, expected) => {
    expect(commands(env)).toEqual(expected);
  });

  it("are the system's own", () => {
    expect(commands({}, "darwin")).toEqual([["open", URL_]]);
    const rundll32 = "D:\\Windows\\System32\\rundll32.exe";
    const opener = [rundll32, "url.dll,FileProtocolHandler", URL_];
    expect(commands({ SystemRoot: "D:\\Windows" }, "win32")).toEqual([opener]);
    expect(commands({}, "win32")).toEqual([[rundll32.replace("D:", "C:"), ...opener.slice(1)]]);
    expect(commands({ BROWSER: "a;b" }, "win32").slice(0, 2)).toEqual([
      ["a", URL_],
      ["b", URL_],
    ]);
  });

  it("go to the Windows side under WSL, whether or not there is a display", () => {
    for (const env of [{ WSL_DISTRO_NAME: "U" }, { WSL_INTEROP: "/run/x", DISPLAY: ":0" }]) {
      const [[program = "", ...rest] = []] = commands(env);
      expect(program).toMatch(/rundll32\.exe$/);
      expect(rest).toEqual(["url.dll,FileProtocolHandler", URL_]);
    }
  });

  it("continue with wslview, and with Linux if WSLg provides a display, after the Windows side fails", () => {
    const programs = (env: Record<string, string>) => commands(env).map(([program]) => program);
    expect(programs({ WSL_DISTRO_NAME: "U" }).slice(1)).toEqual(["wslview"]);
    expect(programs({ WSL_DISTRO_NAME: "U", WAYLAND_DISPLAY: "w" }).slice(1)).toEqual([
      "wslview",
      "xdg-open",
    ]);
  });
});

describe("opening", () => {
  let home: Home;
  beforeEach(async () => {
    home = await temporaryHome();
  });

  /** Records its arguments, one on each line, and its folder. */
  function program(name: string, exitCode = 0): string {
    const path = join(home.path, name);
    writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$@" "$(pwd)" >"$0.ran"\nexit ${exitCode}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const ran = (path: string) =>
    existsSync(`${path}.ran`) ? readFileSync(`${path}.ran`, "utf8").trimEnd().split("\n") : undefined;
  const open = (url: string, BROWSER: string) => openBrowser(url, { env: { BROWSER }, platform: "linux" });

  it("passes the URL as one word, through no shell, from the root folder", async () => {
    const browser = program("my browser");
    expect(await open(URL_, `'${browser}'`)).toBe(true);
    expect(ran(browser)).toEqual([URL_, "/"]);
    expect(existsSync(join(home.path, "y"))).toBe(false);
  });

  it("tries the next command after one that is missing or fails", async () => {
    const [failing, good, unused] = [program("failing", 3), program("good"), program("unused")];
    const thrown = `${failing}/below-a-file`;
    expect(await open(URL_, `${home.path}/missing:${thrown}:${failing}:${good}:${unused}`)).toBe(true);
    expect([ran(failing), ran(good), ran(unused)]).toEqual([[URL_, "/"], [URL_, "/"], undefined]);
  });

  it("has no shell run a Windows program, as execvp does where nothing is registered for them", async () => {
    const windows = join(home.path, "browser.exe");
    writeFileSync(windows, `MZ=\necho "$@" >'${windows}.ran'\n`, { mode: 0o755 });
    const second = program("second");
    expect(await open(URL_, `${windows}:${second}`)).toBe(true);
    expect([ran(windows), ran(second)]).toEqual([undefined, [URL_, "/"]]);
    const env = { BROWSER: "browser.exe", PATH: `/nowhere:${home.path}` };
    expect(browserCommands(URL_, { env, platform: "linux" })).toEqual([]);
    expect(await openBrowser(URL_, { env, platform: "linux" })).toBe(false);
    expect(ran(windows)).toBeUndefined();
  });

  it("does not count Explorer's exit code 1 as a failure", async () => {
    const [explorer, second] = [program("explorer.exe", 1), program("second")];
    expect(await open(URL_, `${explorer}:${second}`)).toBe(true);
    expect(ran(second)).toBeUndefined();
  });

  it("opens no second tab if an opener fails late", async () => {
    const late = join(home.path, "late");
    execFileSync("mkfifo", [`${late}.go`]);
    writeFileSync(late, '#!/bin/sh\nread x <"$0.go"\nexit 1\n', { mode: 0o755 });
    const second = program("second");
    expect(await open(URL_, `${late}:${second}`)).toBe(true);
    writeFileSync(`${late}.go`, "now\n");
    expect(ran(second)).toBeUndefined();
  });

  it("passes none of the caller's secrets and settings to the browser", async () => {
    const path = join(home.path, "tells");
    writeFileSync(path, `#!/bin/sh\nenv >"$0.ran"\n`);
    chmodSync(path, 0o755);
    const env = { BROWSER: path, PATH: "/usr/bin:/bin", DISPLAY: ":0", GITHUB_TOKEN: "x", GIT_DIR: "/x" };
    expect(await openBrowser(URL_, { env, platform: "linux" })).toBe(true);
    const names = (ran(path) ?? []).map((line) => line.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "DISPLAY"]));
    expect(names).not.toContain("GITHUB_TOKEN");
    expect(names).not.toContain("GIT_DIR");
  });

  it("reports that nothing could be started", async () => {
    expect(await open(URL_, `${home.path}/missing:""`)).toBe(false);
    expect(await open(URL_, "")).toBe(false);
    expect(await open(URL_, `${home.path}/${"x".repeat(300)}`)).toBe(false);
    expect(await open(`${URL_}${"x".repeat(200_000)}`, program("browser"))).toBe(false);
  });

  it("does not wait for a browser that keeps running", async () => {
    const path = join(home.path, "stays");
    writeFileSync(path, `#!/bin/sh\necho $$ >"$0.ran"\nexec sleep 1000\n`);
    chmodSync(path, 0o755);
    expect(await open(URL_, path)).toBe(true);
    process.kill(Number(readFileSync(`${path}.ran`, "utf8")));
  });

  it.each(["file:///etc/passwd", "javascript:alert(1)", "ssh://host/", "vscode://x"])(
    "does not open %s",
    async (url) => {
      const browser = program("browser");
      expect(await open(url, browser)).toBe(false);
      expect(ran(browser)).toBeUndefined();
    },
  );
});
