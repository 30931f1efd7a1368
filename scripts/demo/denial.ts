import type { RunResult } from "../../test/support/run.ts";
import type { Page } from "./page.ts";
import type { Stage } from "./stage.ts";

const LOGIN_FAILED = 5;

/** The results of `call` after Allow. If Deny comes first, shows what callers see of it. */
export async function untilAllowed(
  stage: Stage,
  page: Page,
  call: () => Promise<RunResult[]>,
): Promise<RunResult[]> {
  const results = await call();
  const denied = results.find(({ code }) => code === LOGIN_FAILED);
  if (!stage.ownBrowser || denied === undefined) return results;
  page.line("You have pressed Deny. Each caller sees this:");
  page.output(denied.stderr);
  page.line(`(exit code ${denied.code}. No other call opens a tab for a while; the command does.)`);
  for (let code: number | null = LOGIN_FAILED; code === LOGIN_FAILED; ) {
    page.command("sso-cred login my-sso");
    const login = await stage.call(["login", "my-sso"]);
    page.output(login.code === 0 ? login.stdout : login.stderr.replace(/.*(?=sso-cred: )/s, ""));
    code = login.code;
  }
  return call();
}
