import { identityCenter } from "../../../src/aws/identityCenter.ts";

/** The access keys of two requests at once, or what failed, in a process of its own. */
export async function accessTo(url: string): Promise<string> {
  const { env } = process;
  const endpoints = { ssoUrl: url, oidcUrl: url, useFips: false, useDualstack: false };
  const session = { region: "eu-west-1", endpoints, caBundle: env.AWS_CA_BUNDLE };
  const api = await identityCenter(session, { env, now: Date.now, trace: { step() {} } });
  try {
    const both = [1, 2].map(() => api.getRoleCredentials("t", "111122223333", "Admin"));
    return (await Promise.all(both)).map(({ accessKeyId }) => accessKeyId).join(" ");
  } catch (error) {
    return String(error);
  }
}
