import { expect, it } from "vitest";
import { browserEnvironment, withoutLibrariesOf } from "../../../src/platform/browserEnvironment.ts";

/** Variables by their names, with blanks between them. */
const given = (...lines: string[]) =>
  Object.fromEntries(lines.flatMap((line) => line.split(" ")).map((name) => [name, "x"]));

it("passes on what desktops, browsers and scripts in BROWSER need", () => {
  const needed = given(
    "HOME PATH LANG LC_ALL TMPDIR DISPLAY WAYLAND_DISPLAY XAUTHORITY",
    "XDG_RUNTIME_DIR XDG_ACTIVATION_TOKEN XDG_CURRENT_DESKTOP DBUS_SESSION_BUS_ADDRESS",
    "KDE_FULL_SESSION QT_QPA_PLATFORM",
    "GTK_IM_MODULE MOZ_ENABLE_WAYLAND https_proxy NO_PROXY SSH_AUTH_SOCK VSCODE_IPC_HOOK_CLI",
    "WSL_INTEROP WSLENV __CF_USER_TEXT_ENCODING",
  );
  expect(browserEnvironment(needed, "linux")).toEqual(needed);
  const windows = given("SystemRoot Path APPDATA ProgramFiles(x86) USERPROFILE Temp");
  expect(browserEnvironment(windows, "win32")).toEqual(windows);
});

it.each<NodeJS.Platform>(["linux", "darwin", "win32"])(
  "on %s, passes no secrets or settings of the caller to the browser",
  (platform) => {
    const dropped = given(
      "AWS_SECRET_ACCESS_KEY AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_BEARER_TOKEN_BEDROCK AWS_PROFILE",
      "TF_VAR_password GITHUB_TOKEN NPM_TOKEN VSCODE_GIT_IPC_AUTH_TOKEN SSO_CRED_TRACE DATABASE_URL",
      "ELECTRON_RUN_AS_NODE NODE_OPTIONS NODE_PATH PYTHONHOME PYTHONPATH GIT_DIR LD_PRELOAD",
      "DYLD_INSERT_LIBRARIES",
      "PERL5LIB RUBYOPT JAVA_TOOL_OPTIONS BASH_ENV ENV",
      // Of families whose other variables browsers need.
      "NIX_CONFIG CHROME_CLIENT_SECRET CHROME_REFRESH_TOKEN MOZ_API_KEY SNAP_CREDENTIALS",
    );
    expect(browserEnvironment(dropped, platform)).toEqual({});
  },
);

it("restores the values that the launcher of a frozen program or a snap has saved", () => {
  const env = {
    LD_LIBRARY_PATH: "/usr/local/aws-cli/v2/current/dist",
    LD_LIBRARY_PATH_ORIG: "/opt/mine/lib",
    GTK_PATH: "/snap/code/1/usr/lib/gtk",
    GTK_PATH_VSCODE_SNAP_ORIG: "",
    GITHUB_TOKEN_ORIG: "x",
  };
  expect(browserEnvironment(env, "linux")).toEqual({ LD_LIBRARY_PATH: "/opt/mine/lib" });
});

it.each([
  ["LD_LIBRARY_PATH", "/tmp/_MEIx1y2z3", undefined],
  ["LD_LIBRARY_PATH", "/var/tmp/_MEI12/lib:/opt/mine/lib", "/opt/mine/lib"],
  ["LD_LIBRARY_PATH", "/tmp/.mount_CursorAb12/usr/lib/", undefined],
  ["DYLD_LIBRARY_PATH", "/private/var/folders/x/T/_MEI12", undefined],
  ["GTK_PATH", "/snap/code/1/usr/lib/gtk", undefined],
  ["GIO_MODULE_DIR", "/home/you/snap/code/common/.cache/gio", "/home/you/snap/code/common/.cache/gio"],
  ["XDG_DATA_DIRS", "/snap/code/1/usr/share:/usr/share", "/usr/share"],
  ["QT_PLUGIN_PATH", "/tmp/_MEI12/PyQt5/plugins", undefined],
  ["PATH", "/snap/bin:/tmp/_MEI12:/usr/bin", "/snap/bin:/tmp/_MEI12:/usr/bin"],
  ["LD_LIBRARY_PATH", "/usr/lib/wsl/lib", "/usr/lib/wsl/lib"],
  ["DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus", "unix:path=/run/user/1000/bus"],
])(
  "a frozen program's or a snap's libraries, not saved, do not reach the browser: %s=%s",
  (name, value, kept) => {
    expect(browserEnvironment({ [name]: value }, "linux")[name]).toBe(kept);
  },
);

it("drops library paths inside the caller's own folder where nothing was saved", () => {
  const folder = "/usr/local/aws-cli/v2/2.27/dist";
  const clean = (LD_LIBRARY_PATH: string, more = {}) =>
    withoutLibrariesOf([folder], { LD_LIBRARY_PATH, ...more }).LD_LIBRARY_PATH;
  expect(clean(folder)).toBeUndefined();
  expect(clean(`${folder}/:/opt/lib:${folder}/_internal`)).toBe("/opt/lib");
  expect(clean(`${folder}-other`)).toBe(`${folder}-other`);
  expect(clean(folder, { LD_LIBRARY_PATH_ORIG: "/opt/lib" })).toBe(folder);
});
