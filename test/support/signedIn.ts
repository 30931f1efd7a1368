import { identifyProcess } from "../../src/platform/processIdentity.ts";
import { isoSeconds, roleFile, rolePath, START_URL, sha1, tokenFile, tokenPath } from "./home.ts";
import { type SignInWorld, signInWorld, type WorldOptions } from "./signInWorld.ts";

export const ACCOUNT = "123456789011";
export const roleArguments = (role: string, session = "corp") => [
  session,
  "--account-id",
  ACCOUNT,
  "--role-name",
  role,
];

export interface TokenRequest {
  /** The expiry in the file. The emulator accepts the token for an hour. */
  secondsLeft?: number;
  session?: string;
  /** More or other fields of the file. */
  fields?: Record<string, unknown>;
}

/** Signs a person in with another tool. Returns the file's content. */
export async function putToken(
  { center, clock, home }: SignInWorld,
  { secondsLeft = 3600, session = "corp", fields = {} }: TokenRequest = {},
): Promise<Record<string, unknown>> {
  const expiresAt = clock.now() + secondsLeft * 1000;
  const file = {
    startUrl: START_URL,
    region: "eu-west-1",
    ...tokenFile({ ...center.signIn(), expiresAt }),
    ...fields,
  };
  await home.write(tokenPath(session), file);
  return file;
}

/** A world where another tool has signed in. `file`: its token file; `token`: its access token. */
export async function signedInWorld(options: WorldOptions & TokenRequest = {}) {
  const world = await signInWorld(options);
  const file = await putToken(world, options);
  return { ...world, file, token: file.accessToken };
}

/** Writes role credentials like the AWS CLI. Returns their access key id. */
export async function putRole({ clock, home }: SignInWorld, secondsLeft: number): Promise<string> {
  const path = rolePath("corp", ACCOUNT, "ReadOnly");
  await home.write(path, roleFile(clock.now() + secondsLeft * 1000, ACCOUNT));
  return "ASIAEXAMPLEEXAMPLE01";
}

export const roleLock = (session = "corp") =>
  `.aws/sso-cred/locks/role-${rolePath(session, ACCOUNT, "ReadOnly").slice(-45, -5)}`;
export const tokenLock = (session = "corp") => `.aws/sso-cred/locks/token-${sha1(session)}`;

/** Writes a lock that this process holds, in the place of another sso-cred. */
export const putLock = ({ home }: SignInWorld, path: string, changes: object = {}) =>
  home.write(path, { format: 1, id: "theirs", ...identifyProcess(), ...changes });

/** The printed access key id; empty if there is none. */
export const keyOf = ({ stdout }: { stdout: string }) =>
  stdout === "" ? "" : (JSON.parse(stdout) as { AccessKeyId: string }).AccessKeyId;

export const readTokenFile = ({ home }: SignInWorld) => home.readJson(tokenPath("corp"));

/** Paths in order, without those that the browser visited. */
export const pathsAsked = ({ center }: SignInWorld) =>
  center.requests.map(({ path }) => path).filter((path) => !/^\/(authorize|device|oauth.*)$/.test(path));

export const inSeconds = ({ clock }: SignInWorld, seconds: number) =>
  isoSeconds(clock.now() + seconds * 1000);

export const ASSIGNMENT = "/federation/credentials";
