import { existsSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { basename, dirname, join } from "node:path";
import { listFolder, removeFile, removeIfPossible } from "../cache/folder.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { createFile } from "../cache/ownedFile.ts";
import {
  loginsFolder,
  readIdentity,
  readStateFile,
  STATE_FORMAT,
  sessionStatePath,
  writeStateFile,
} from "../cache/stateFile.ts";
import { readToken, tokenFingerprint } from "../cache/tokenCache.ts";
import { isUsable } from "../hit/expiry.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import { closing } from "../platform/attempt.ts";
import { identifyProcess, processState } from "../platform/processIdentity.ts";
import type { Clocked, Environment } from "../platform/system.ts";
import { type PendingLogin, parseLogin } from "./loginRecord.ts";

/** A sign-in that stays unanswered ends after this time. */
export const LOGIN_MS = 600_000;
/** If no worker is noted after this time, the caller died before it started one. */
const CLAIM_SECONDS = 5;
/** How long a running worker may take to claim its login on a busy machine. */
const START_SECONDS = 60;
/** Names the process that is to take the sign-in over. */
export const WORKER_CLAIM = "worker";

export type { PendingLogin };

/** The session's sign-in, whether or not its worker lives, if it is of this host and boot. */
export function readPendingLogin(session: SessionIdentity, system: Environment): PendingLogin | undefined {
  return readLoginFile(sessionStatePath("logins", session, system));
}

/** The same for the worker, which knows only the file's path. */
export function readLoginFile(path: string): PendingLogin | undefined {
  return parseLogin(readStateFile(path));
}

/** True if the session's sign-in is still this one: neither ended nor replaced. */
export function isCurrent(login: PendingLogin, system: Environment): boolean {
  return readPendingLogin(login.session, system)?.id === login.id;
}

/** The pending sign-ins of all sessions, including those that are no longer in the config. */
export function allPendingLogins(system: Environment): PendingLogin[] {
  const folder = loginsFolder(system);
  return listFolder(folder).flatMap((name) =>
    name.endsWith(".json") ? (readLoginFile(join(folder, name)) ?? []) : [],
  );
}

/** True while its worker lives. A killed one is noticed at once; an unstarted one, after 5 s. */
export function isUnderWay(login: PendingLogin, system: Environment): boolean {
  const ageSeconds = uptime() - login.startedUptime;
  if (login.state === "starting") {
    const started = readJsonObject(claimPath(login, WORKER_CLAIM, system));
    if (!readIdentity(started)) return ageSeconds <= CLAIM_SECONDS;
    return ageSeconds <= START_SECONDS && namesLiveProcess(started);
  }
  if (login.state === "failed" || ageSeconds > LOGIN_MS / 1000 + 30) return false;
  return namesLiveProcess(readStateFile(sessionStatePath("logins", login.session, system)));
}

/** True while a sign-in of the session is under way. */
export function isSigningIn(session: SessionIdentity, system: Environment): boolean {
  const login = readPendingLogin(session, system);
  return login !== undefined && isUnderWay(login, system);
}

/** True if a call may wait for that sign-in: it is under way, with the current settings. */
export function isJoinable(login: PendingLogin, session: SsoSession, system: Environment): boolean {
  const facts = ({ startUrl, region, scopes, endpoints }: SsoSession) => {
    const { ssoUrl = null, oidcUrl = null, useFips, useDualstack } = endpoints;
    return JSON.stringify([startUrl, region, scopes, ssoUrl, oidcUrl, useFips, useDualstack]);
  };
  return facts(login.session) === facts(session) && isUnderWay(login, system);
}

/**
 * The cached token if the sign-in's callers wait for it: any usable one if nobody was signed in,
 * else only one from a sign-in. A process that refreshes the token first claims `refreshed-…`.
 */
export function awaitedToken(session: SsoSession, login: PendingLogin | undefined, system: Clocked) {
  const token = readToken(session, system);
  if (!token || !isUsable(token.expiresAt, system.now())) return undefined;
  if (login?.replaces === undefined) return token;
  const which = tokenFingerprint(token.accessToken);
  const isOld = which === login.replaces || existsSync(claimPath(login, `refreshed-${which}`, system));
  return isOld ? undefined : token;
}

/**
 * Writes the record if `isWanted` returns true just before the rename: a suspended process may have
 * lost its lock. Returns whether it was written. Throws the system's error.
 */
export function writePendingLogin(login: PendingLogin, system: Environment, isWanted?: () => boolean) {
  const state = { ...login, ...identifyProcess() };
  return writeStateFile(sessionStatePath("logins", login.session, system), state, isWanted);
}

/** Its worker sees that the file is gone. Throws `config` naming a file that stays. */
export function removePendingLogin(session: SessionIdentity, system: Environment): void {
  const path = sessionStatePath("logins", session, system);
  removeFile(path);
  removeClaims(path);
}

/**
 * Creates a claim, a file beside the login's: `announced-TERMINAL` once a terminal shows the
 * sign-in, `waiter-PID` while a process waits, `refreshed-FINGERPRINT` for a token (its
 * `tokenFingerprint`) that came from a refresh. False if the claim exists or cannot be created.
 */
export function claim(login: PendingLogin, name: string, system: Environment, pid = process.pid): boolean {
  try {
    const state = { format: STATE_FORMAT, ...identifyProcess(pid) };
    // On a full disk it stays, empty: of `refreshed-…`, the name alone counts.
    closing(createFile(claimPath(login, name, system)), (fd) => writeFileSync(fd, JSON.stringify(state)));
    return true;
  } catch {
    return false;
  }
}

/** Best effort: each claim names its process, and the next sign-in removes them all. */
export function release(login: PendingLogin, name: string, system: Environment): void {
  removeIfPossible(claimPath(login, name, system));
}

/** True if another live process waits for this sign-in. */
export function hasOtherWaiters(login: PendingLogin, system: Environment): boolean {
  const folder = loginsFolder(system);
  const prefix = basename(claimPath(login, "waiter-", system));
  return listFolder(folder)
    .filter((name) => name.startsWith(prefix) && name !== `${prefix}${process.pid}`)
    .some((name) => namesLiveProcess(readJsonObject(join(folder, name))));
}

function namesLiveProcess(state: JsonObject | undefined): boolean {
  const identity = readIdentity(state);
  return identity !== undefined && processState(identity) === "alive";
}

/** Removes the claims of every earlier sign-in of the session. */
export function removeClaims(loginPath: string): void {
  const stem = basename(loginPath, ".json");
  for (const name of listFolder(dirname(loginPath))) {
    if (name.startsWith(`${stem}.`) && name !== `${stem}.json`)
      removeIfPossible(join(dirname(loginPath), name));
  }
}

function claimPath(login: PendingLogin, name: string, system: Environment): string {
  return `${sessionStatePath("logins", login.session, system).slice(0, -".json".length)}.${login.id}.${name}`;
}
