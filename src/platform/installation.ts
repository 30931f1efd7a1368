import { spawnSync } from "node:child_process";
import { accessSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, join, posix, win32 } from "node:path";
import { attempt, closing } from "./attempt.ts";
import type { Environment } from "./system.ts";

/** How this process was started. */
interface Invocation extends Environment {
  /** The program's name as the caller gave it: a path, or a word that was found on PATH. */
  readonly argv0: string;
  /** The program's file, links resolved. */
  readonly execPath: string;
  readonly cwd: string;
}

/** The native front beside the program (src/front/front.c). */
export type Front = NonNullable<ReturnType<typeof installedFront>>;

/** A larger file is not a front, so it is not read. */
const MAX_FRONT_BYTES = 1024 * 1024;

/** cmd usually takes milliseconds. */
const CMD_TIMEOUT_MS = 2_000;

/** The front that starts this executable; undefined if there is none, and when run from source. */
export function installedFront(invocation: Invocation = thisProcess()) {
  const path = frontPath(invocation.execPath);
  const version = path === undefined ? undefined : frontVersion(path);
  if (path === undefined || version === undefined) return undefined;
  return {
    path,
    /** The front and the program are replaced one after the other, so the versions may differ. */
    version,
    /** True when the caller started the front, which then started this program. */
    isInUse: calledPath({ ...invocation, execPath: path }) !== undefined,
  };
}

/**
 * The path for a `credential_process` line: the front's, or else the program's or script's. On
 * Windows, parts that need quotes become short names if the drive has them.
 */
export function ownPath(): string {
  if (!isPacked()) return process.argv[1] as string;
  const invocation = thisProcess();
  const path = callPath({ ...invocation, execPath: installedFront(invocation)?.path ?? invocation.execPath });
  return invocation.platform === "win32" ? shortPath(path, invocation.env) : path;
}

/**
 * The absolute path by which this executable was called or found, with links unresolved, so that an
 * upgrade behind a link keeps the profiles working; `execPath` if argv0 leads elsewhere.
 */
export function callPath(invocation: Invocation): string {
  return calledPath(invocation) ?? invocation.execPath;
}

/** True for the packed executable; false if Node runs the source. */
export function isPacked(): boolean {
  return process.getBuiltinModule("node:sea").isSea();
}

function thisProcess(): Invocation {
  const { argv0, execPath, env, platform } = process;
  // The folder matters only if the name leads to this executable.
  return { argv0, execPath, cwd: attempt(() => process.cwd(), "/"), env, platform };
}

function calledPath({ argv0, execPath, cwd, env, platform }: Invocation): string | undefined {
  const path = platform === "win32" ? win32 : posix;
  const isPath = argv0.includes("/") || (platform === "win32" && argv0.includes("\\"));
  const folders = isPath
    ? [cwd]
    : (env.PATH ?? env.Path ?? "").split(path.delimiter).filter((name) => name !== "");
  const endings = platform === "win32" ? ["", ".exe"] : [""];
  const candidates = folders.flatMap((folder) =>
    endings.map((ending) => path.resolve(cwd, folder, argv0 + ending)),
  );
  return candidates.find((candidate) => isSameProgram(candidate, execPath));
}

function isSameProgram(path: string, execPath: string): boolean {
  return attempt(() => {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() && realpathSync(path) === realpathSync(execPath);
  }, false);
}

/** The path where the front must be to find this program: the inverse of `hand_on` in front.c. */
function frontPath(program: string): string | undefined {
  // Linux appends this to the path of a file that an upgrade has replaced.
  const file = program.replace(/ \(deleted\)$/, "");
  if (file.endsWith("/libexec/sso-cred/sso-cred")) return join(dirname(file), "../../bin/sso-cred");
  return file.endsWith("/sso-cred-core") ? join(dirname(file), "sso-cred") : undefined;
}

/** The version in the front's own message; undefined for a file that is not a front. */
function frontVersion(path: string): string | undefined {
  return attempt(() => {
    const { size } = statSync(path);
    if (size > MAX_FRONT_BYTES) return undefined;
    const bytes = Buffer.alloc(size);
    closing(openSync(path, "r"), (fd) => readSync(fd, bytes));
    return /the front (\S{1,40}) cannot run the program/.exec(bytes.toString("latin1"))?.[1];
  });
}

/**
 * Replaces the parts of a Windows path that would need quotes by their short names (`PROGRA~1`),
 * because the SDK for Go cannot pass quotes through cmd (github.com/aws/aws-sdk-go-v2/issues/3208).
 * Unchanged on a drive without short names.
 */
function shortPath(path: string, env: Environment["env"]): string {
  // cmd would replace %NAME% even within quotes.
  if (/[%"]/.test(path) || path.split("\\").slice(1).every(isPlain)) return path;
  const cmd = `${env.SystemRoot || "C:\\Windows"}\\System32\\cmd.exe`;
  const { stdout } = spawnSync(cmd, [`/u /d /c for %I in ("${path}") do @echo %~sI`], {
    windowsVerbatimArguments: true,
    windowsHide: true,
    timeout: CMD_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return withShortNames(path, stdout?.toString("utf16le").trim() ?? "");
}

/** Takes the names that need quotes from `short`, the same path in short names. */
export function withShortNames(path: string, short: string): string {
  const names = path.split("\\");
  const shortNames = short.split("\\");
  if (shortNames.length !== names.length || !shortNames.slice(1).every(isPlain)) return path;
  return names.map((name, at) => (at === 0 || isPlain(name) ? name : shortNames[at])).join("\\");
}

/**
 * True for a name that every reader of a `credential_process` line takes literally without quotes,
 * and for the empty names at the start of `\\host\share`.
 */
function isPlain(name: string): boolean {
  return /^[\p{L}\p{M}\p{N}_.@+~-]*$/u.test(name);
}
