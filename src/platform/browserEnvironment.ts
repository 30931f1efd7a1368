import type { System } from "./system.ts";

/**
 * The variables that a browser, a desktop's opener, or a script in BROWSER needs. All others are
 * withheld: credentials of all kinds, and settings meant for the calling program (NODE_OPTIONS,
 * PYTHONHOME, GIT_DIR, ELECTRON_RUN_AS_NODE).
 */
const ALLOWED = [
  // The person and the system.
  /^(HOME|USER|LOGNAME|PATH|SHELL|PWD|TERM|COLORTERM|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|HOSTNAME)$/,
  // The desktop.
  /^(DISPLAY|WAYLAND_DISPLAY|WAYLAND_SOCKET|XAUTHORITY|ICEAUTHORITY|SESSION_MANAGER|DESKTOP_SESSION|WINDOWID|XMODIFIERS)$/,
  /^(XDG|DBUS|GNOME|GDM|KDE|QT|GTK|GTK2|GTK3|GDK|GIO|GSETTINGS|GVFS|MATE|XFCE|LXQT|CINNAMON|SWAYSOCK|HYPRLAND|I3SOCK|PULSE|PIPEWIRE|ALSA|AT_SPI|FONTCONFIG|MESA|LIBGL|LIBVA|VDPAU|DRI|NO_AT_BRIDGE|IBUS|FCITX|LOCALE_ARCHIVE|NIX|FLATPAK|SNAP)(_[A-Z0-9_]+)?$/,
  /^(MOZ|CHROME|CHROMIUM)_[A-Z0-9_]+$/,
  /^(LD_LIBRARY_PATH|DYLD_(FALLBACK_)?(LIBRARY|FRAMEWORK)_PATH)$/,
  // Proxies, which browsers use.
  /^(https?|ftp|all|no|auto)_proxy$/i,
  // For a BROWSER that opens the page on another computer.
  /^(SSH_(AUTH_SOCK|CLIENT|CONNECTION|TTY)|VSCODE_IPC_HOOK_CLI|REMOTE_CONTAINERS(_IPC)?|CODESPACES|CODESPACE_NAME|CLOUDENV_ENVIRONMENT_ID|container)$/,
  // WSL and macOS.
  /^(WSL_[A-Z_]+|WSLENV|WT_SESSION|__CF_USER_TEXT_ENCODING|SECURITYSESSIONID|XPC_[A-Z_]+|Apple_PubSub_Socket_Render)$/,
];

const ALLOWED_ON_WINDOWS =
  /^(SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERNAME|USERPROFILE|USERDOMAIN(_ROAMINGPROFILE)?|PUBLIC|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|ALLUSERSPROFILE|PROGRAMDATA|PROGRAMFILES(\(X86\))?|PROGRAMW6432|COMMONPROGRAM(FILES(\(X86\))?|W6432)|COMPUTERNAME|SESSIONNAME|LOGONSERVER|OS|NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z_0-9]+|DRIVERDATA|PSMODULEPATH)$/i;

/** Withheld even if allowed. NIX_CONFIG holds access tokens; XDG_ACTIVATION_TOKEN does not. */
const SECRET = /SECRET|PASSW|CREDENTIAL|API_?KEY|(?<!_ACTIVATION_)TOKEN|^NIX_CONFIG$/;

/** The name under which a launcher (PyInstaller, the snap of VS Code) saves a variable's value. */
const SAVED = /^(.+?)(?:_VSCODE_SNAP)?_ORIG$/;

/** Variables that name libraries, modules and resources to load. */
const LOADED =
  /^(LD_LIBRARY_PATH|DYLD_.+|XDG_(DATA|CONFIG)_DIRS|(GTK|GTK2|GTK3|GDK|GIO|GSETTINGS|GVFS|QT|FONTCONFIG|LIBGL|LIBVA|MESA|VDPAU|ALSA|PIPEWIRE)(_.+)?)$/;

/** The unpacked files of a PyInstaller program, of an AppImage, of a snap. */
const BUNDLED = /\/(?:_MEI|\.mount_)[^/]+(?:\/|$)|^\/snap\//;

/**
 * The environment for a browser. Restores the values that a launcher saved. Without a saved value,
 * drops a path into another program's bundle: the variable was not set before.
 */
export function browserEnvironment(env: System["env"], platform = process.platform): NodeJS.ProcessEnv {
  const isAllowed = (name: string) =>
    !SECRET.test(name.toUpperCase()) &&
    (ALLOWED.some((pattern) => pattern.test(platform === "win32" ? name.toUpperCase() : name)) ||
      (platform === "win32" && ALLOWED_ON_WINDOWS.test(name)));
  return Object.fromEntries(
    Object.entries(withSavedValues(env)).flatMap(([name, value]) => {
      const kept = value && LOADED.test(name) ? keptEntries(value, (entry) => !BUNDLED.test(entry)) : value;
      return isAllowed(name) && kept !== undefined ? [[name, kept]] : [];
    }),
  );
}

/** Undefined if no entry of the search path is wanted. */
function keptEntries(paths: string, isWanted: (entry: string) => boolean): string | undefined {
  const kept = paths.split(":").filter(isWanted);
  return kept.length === 0 ? undefined : kept.join(":");
}

/** Restores the values that the caller's launcher saved. Empty means that there was none. */
function withSavedValues(env: System["env"]): System["env"] {
  const restored: Record<string, string | undefined> = { ...env };
  for (const [saved, value] of Object.entries(env)) {
    const name = SAVED.exec(saved)?.[1];
    if (name === undefined) continue;
    delete restored[saved];
    if (value) restored[name] = value;
    else delete restored[name];
  }
  return restored;
}

/** Search paths that the launcher of a frozen program (PyInstaller) sets to its own folder. */
const LIBRARY_PATHS = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"];

/**
 * Removes entries inside the caller's own folders from the library paths, unless the caller has
 * saved the earlier values: other programs must not load the libraries of a frozen program.
 */
export function withoutLibrariesOf(folders: readonly string[], env: Readonly<NodeJS.ProcessEnv>) {
  const result = { ...env };
  for (const name of LIBRARY_PATHS) {
    const value = env[name];
    if (!value || env[`${name}_ORIG`] !== undefined) continue;
    result[name] = keptEntries(value, (entry) => !folders.some((folder) => isInside(entry, folder)));
    if (result[name] === undefined) delete result[name];
  }
  return result;
}

function isInside(path: string, folder: string): boolean {
  return folder !== "" && `${path.replace(/\/+$/, "")}/`.startsWith(`${folder.replace(/\/+$/, "")}/`);
}
