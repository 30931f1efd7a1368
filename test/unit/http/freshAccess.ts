import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** Makes two requests at once in a process of its own. Returns the access keys or the errors. */
export async function accessTo(url: string): Promise<string> {
  const { identityCenter } = await import("../../../src/identityCenter/identityCenter.ts");
  const { env } = process;
  const endpoints = { ssoUrl: url, oidcUrl: url, useFips: false, useDualstack: false };
  const path = env.AWS_CA_BUNDLE;
  const caBundle = path === undefined ? undefined : { path, setting: "AWS_CA_BUNDLE" };
  const session = { name: "corp", loginArguments: "corp", region: "eu-west-1", endpoints, caBundle };
  const api = identityCenter(session, { env, now: Date.now, trace: { step() {} } });
  try {
    const both = [1, 2].map(() => api.getRoleCredentials("t", "111122223333", "Admin"));
    const keys = (await Promise.all(both)).map(({ accessKeyId }) => accessKeyId).join(" ");
    await api.logout("t");
    await api.refresh({ clientId: "c", clientSecret: "s" }, "r").catch(() => {});
    return keys;
  } catch (error) {
    return String(error);
  }
}

/** The files that a function reads. Call it before anything else is imported. */
export async function filesReadBy(work: () => Promise<unknown>): Promise<string[]> {
  const files: string[] = [];
  for (const where of [fs, fs.promises] as unknown as Record<
    string,
    (path: unknown, ...rest: unknown[]) => unknown
  >[]) {
    for (const name of ["readFile", "readFileSync", "open", "openSync", "createReadStream"]) {
      const real = where[name];
      if (!real) continue;
      where[name] = (path, ...rest) => {
        files.push(String(path));
        return real.call(where, path, ...rest);
      };
    }
  }
  syncBuiltinESMExports();
  await work();
  return files;
}

/** What the SDK does without a region. */
export async function careless(): Promise<void> {
  const { SSOClient } = await import("@aws-sdk/client-sso");
  await new SSOClient({}).config.region().catch(() => {});
}
