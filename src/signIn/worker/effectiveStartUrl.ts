import { SsoCredError } from "../../errors.ts";
import { startUrlRequest } from "../../identityCenter/identityCenter.ts";
import { resolveStartUrl } from "../../identityCenter/startUrl.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";

type Environment = Pick<System, "env" | "now" | "trace">;

/**
 * The start URL that the services are told: a company's own is followed to AWS's. Throws `config` when it leads to
 * another region than the session names: its token would be good for nothing here.
 */
export async function effectiveStartUrl(session: SsoSession, system: Environment): Promise<string> {
  const { startUrl, region } = await resolveStartUrl(session, startUrlRequest(session, system));
  if (region === session.region) return startUrl;
  const where = session.name === null ? "the profile" : `[sso-session ${session.name}]`;
  const message = `${session.startUrl} leads to the region ${region}, but ${where} says sso_region = ${session.region}; set sso_region = ${region}`;
  throw new SsoCredError("config", message);
}
