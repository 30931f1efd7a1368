import { describe, expect, it } from "vitest";
import type { SsoSession } from "../../../src/model.ts";
import { chooseGrant, chooseGrantForPerson } from "../../../src/signIn/chooseGrant.ts";
import { ssoSession } from "../../support/sessions.ts";

type Row = [env: Record<string, string>, platform: NodeJS.Platform, expected: string];

const legacy: Partial<SsoSession> = { name: null };

const TERMINAL = { id: "1", write: () => {} };

function main(
  env: Record<string, string>,
  platform: NodeJS.Platform,
  session: Partial<SsoSession> = {},
  hasTerminal = false,
) {
  const terminal = () => (hasTerminal ? TERMINAL : undefined);
  const choice = chooseGrant(ssoSession(session), { env, platform, terminal });
  return choice.grant === "never" ? "never" : `${choice.grant}${choice.browser ? ", opened here" : ""}`;
}

function person(env: Record<string, string>, session: Partial<SsoSession> = {}, useDeviceCode = false) {
  const choice = chooseGrantForPerson(ssoSession(session), { env, platform: "linux" }, useDeviceCode);
  return `${choice.grant}${choice.browser ? ", opened here" : ""}`;
}

const SSH = { SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" };

describe("auto, for a main-job call", () => {
  it.each<Row>([
    [{ DISPLAY: ":0" }, "linux", "browser, opened here"],
    [{ WAYLAND_DISPLAY: "wayland-0" }, "linux", "browser, opened here"],
    [{ BROWSER: "lynx" }, "linux", "browser, opened here"],
    [{}, "darwin", "browser, opened here"],
    [{}, "win32", "browser, opened here"],
    [{ WSL_DISTRO_NAME: "Ubuntu" }, "linux", "browser, opened here"],
    [{ WSL_INTEROP: "/run/WSL/8_interop" }, "linux", "browser, opened here"],
    [{}, "linux", "never"],
    [{ DISPLAY: "", BROWSER: "" }, "linux", "never"],
    [{ container: "docker" }, "linux", "never"],
    [{ container: "docker", DISPLAY: ":0" }, "linux", "browser, opened here"],
    [{ container: "podman", BROWSER: "open-on-host" }, "linux", "browser, opened here"],
    [SSH, "linux", "device"],
    [{ SSH_TTY: "/dev/pts/3" }, "linux", "device"],
    [SSH, "darwin", "device"],
    [SSH, "win32", "device"],
    [{ ...SSH, DISPLAY: "localhost:10.0" }, "linux", "device"],
    [{ ...SSH, WAYLAND_DISPLAY: "wayland-0" }, "linux", "device"],
    [{ ...SSH, BROWSER: "open-on-host" }, "linux", "browser, opened here"],
    [{ CODESPACES: "true" }, "linux", "device"],
    [{ REMOTE_CONTAINERS: "true" }, "linux", "device"],
    [{ VSCODE_IPC_HOOK_CLI: "/tmp/vscode-ipc.sock" }, "linux", "device"],
    [
      { VSCODE_IPC_HOOK_CLI: "/tmp/vscode-ipc.sock", BROWSER: "/vscode/browser.sh" },
      "linux",
      "browser, opened here",
    ],
    [{ VSCODE_IPC_HOOK_CLI: "/tmp/vscode-ipc.sock", WSL_DISTRO_NAME: "Ubuntu" }, "linux", "device"],
    [{ CI: "true", DISPLAY: ":0" }, "linux", "never"],
    [{ CI: "1", ...SSH }, "linux", "never"],
    [{ CI: "1" }, "darwin", "never"],
    ...["", "false", "FALSE", "0", "false "].map((CI): Row => [{ CI }, "darwin", "browser, opened here"]),
  ])("with %o on %s: %s", (env, platform, expected) => {
    expect(main(env, platform)).toBe(expected);
    expect(main(env, platform, { login: "auto" })).toBe(expected);
  });

  it.each<Row>([
    [{}, "linux", "device"],
    [{ container: "docker" }, "linux", "device"],
    [{ DISPLAY: "", TMUX: "/tmp/tmux-1000/default,1,0" }, "linux", "device"],
    [{ DISPLAY: ":0" }, "linux", "browser, opened here"],
    [{ CI: "true" }, "linux", "never"],
  ])("on a terminal with %o on %s: %s", (env, platform, expected) => {
    expect(main(env, platform, {}, true)).toBe(expected);
  });

  it.each<Row>([
    [{ DISPLAY: ":0" }, "linux", "device, opened here"],
    [{}, "linux", "device"],
    [{ CI: "true", DISPLAY: ":0" }, "linux", "never"],
  ])("a legacy profile with %o on %s: %s", (env, platform, expected) => {
    expect(main(env, platform, legacy)).toBe(expected);
  });

  it("names the reason why nobody is asked", () => {
    const why = (env: Record<string, string>, session: Partial<SsoSession> = {}) =>
      chooseGrant(ssoSession(session), { env, platform: "linux", terminal: () => undefined });
    expect(why({ CI: "1" })).toEqual({ grant: "never", why: "CI is set, so nobody is asked" });
    expect(why({})).toEqual({ grant: "never", why: "there is neither a browser nor a terminal here" });
    expect(why({}, { login: "never" })).toEqual({
      grant: "never",
      why: "automatic sign-in is switched off (never)",
    });
  });
});

describe("a chosen way, for a main-job call", () => {
  it.each([
    ["browser", { CI: "1" }, "browser"],
    ["browser", {}, "browser"],
    ["browser", { ...SSH, BROWSER: "lynx" }, "browser, opened here"],
    ["device", { CI: "1" }, "device"],
    ["device", { DISPLAY: ":0" }, "device, opened here"],
    ["device", {}, "device"],
    ["never", { DISPLAY: ":0" }, "never"],
  ] as const)("%s with %o: %s", (login, env, expected) => {
    expect(main(env, "linux", { login })).toBe(expected);
  });
});

describe("sso-cred login", () => {
  it.each([
    ["with a display", person({ DISPLAY: ":0" }), "browser, opened here"],
    ["with nothing", person({}), "device"],
    ["under CI", person({ CI: "1", DISPLAY: ":0" }), "browser, opened here"],
    ["over SSH", person(SSH), "device"],
    ["over SSH with a forwarded display", person({ ...SSH, DISPLAY: "localhost:10.0" }), "device"],
    ["with never", person({ DISPLAY: ":0" }, { login: "never" }), "browser, opened here"],
    ["with never and nothing", person({}, { login: "never" }), "device"],
    ["with browser and nothing", person({}, { login: "browser" }), "browser"],
    ["with device", person({ DISPLAY: ":0" }, { login: "device" }), "device, opened here"],
    ["with --use-device-code", person({ DISPLAY: ":0" }, {}, true), "device, opened here"],
    ["of a legacy profile", person({ DISPLAY: ":0" }, legacy), "device, opened here"],
  ])("%s always has a grant: %s %s", (_, found, expected) => {
    expect(found).toBe(expected);
  });
});
