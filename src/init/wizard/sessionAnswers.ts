import { styleText } from "node:util";
import { plainStartUrl } from "../../config/urls.ts";
import { SsoCredError } from "../../errors.ts";
import { printable } from "../../text/printable.ts";
import type { CommandFlags } from "../../usage/commandTable.ts";
import { readOtherTool } from "../plan/otherTools.ts";
import type { CurrentConfig, Files, SessionKeys } from "../plan/planInput.ts";
import {
  type Asking,
  answer,
  type Question,
  scopesQuestion,
  sessionNameQuestion,
  ssoRegionQuestion,
  startUrlQuestion,
} from "./questions.ts";

type SessionFlags = Pick<CommandFlags<"init">, "start-url" | "sso-region" | "scopes"> & {
  readonly session?: string | undefined;
};

/**
 * Asks the questions about a session again after a failed sign-in, with the earlier answers as
 * defaults, from the first one that the failure names. If all values are already in the config,
 * asks for the session: the same one again, or another.
 */
export async function askSessionAgain(
  earlier: SessionKeys,
  failure: string,
  files: Files,
  asking: Asking,
): Promise<SessionKeys> {
  const again = { ...asking, takesDefaults: false };
  const inFile = files.sessions.get(earlier.session);
  if ([...earlier.sessionKeys.keys()].every((key) => inFile?.has(key))) {
    sayDimly(`(Enter tries again, also after a change in ${printable(files.configPath, 200)})`, asking);
    const question = sessionNameQuestion([...files.sessions.keys()], earlier.session);
    const session = await answer(question, undefined, again);
    return askSession(files, { session }, again);
  }
  const named = [...earlier.sessionKeys.keys()].findIndex((key) => failure.includes(key));
  const sessionKeys = new Map<string, string>();
  for (const [at, [key, value]] of [...earlier.sessionKeys].entries()) {
    const question = at < named ? undefined : QUESTIONS[key]?.(value);
    sessionKeys.set(key, question === undefined ? value : await answer(question, undefined, again));
  }
  return { ...earlier, sessionKeys };
}

function sayDimly(line: string, asking: Asking): void {
  asking.say(styleText("dim", line, { stream: process.stderr }));
}

const QUESTIONS: Readonly<Record<string, (fallback?: string) => Question>> = {
  sso_start_url: startUrlQuestion,
  sso_region: ssoRegionQuestion,
  sso_registration_scopes: scopesQuestion,
};

/** Asks for the session's name and, for a new one, for its start URL, region and scopes. */
export async function askSession(current: CurrentConfig, flags: SessionFlags, asking: Asking) {
  const session = await sessionName(current, flags.session, asking);
  const there = current.sessions.get(session);
  const sessionKeys = new Map<string, string>();
  const portal = asking.prompts === undefined ? undefined : portalOfProfiles(current);
  const questions = [
    ["sso_start_url", startUrlQuestion(portal?.startUrl), flags["start-url"]],
    ["sso_region", ssoRegionQuestion(portal?.region), flags["sso-region"]],
    ["sso_registration_scopes", scopesQuestion(), flags.scopes],
  ] as const;
  for (const [key, question, given] of questions) {
    const isKnown = there !== undefined && (key === "sso_registration_scopes" || there.get(key));
    if (key === "sso_start_url" && given === undefined && !isKnown && asking.prompts !== undefined) {
      sayDimly("(your AWS access portal's address, as in the invitation)", asking);
    }
    if (given !== undefined || !isKnown) sessionKeys.set(key, await answer(question, given, asking));
  }
  return { session, sessionKeys };
}

/** The only portal that profiles without a session name: legacy ones, and other tools'. */
function portalOfProfiles({ profiles }: CurrentConfig) {
  const [first, ...others] = [...profiles.values()].flatMap((keys) => {
    const other = readOtherTool(keys);
    const startUrl = keys.get("sso_start_url") || other?.startUrl;
    return startUrl ? [{ startUrl, region: keys.get("sso_region") || other?.region }] : [];
  });
  const isOne = others.every(
    ({ startUrl, region }) =>
      plainStartUrl(startUrl) === plainStartUrl(first?.startUrl ?? "") && region === first?.region,
  );
  return isOne ? first : undefined;
}

async function sessionName(current: CurrentConfig, given: string | undefined, asking: Asking) {
  const existing = [...current.sessions.keys()];
  const [only] = existing;
  const question = sessionNameQuestion(existing);
  if (given !== undefined) return answer(question, given, asking);
  if (only !== undefined && existing.length === 1) {
    const isInUse = [...current.ours.values()].some(({ session }) => session === only);
    if (asking.prompts === undefined) return only;
    if (isInUse) {
      asking.say(
        `${question.message.replace(/ \[.*/, "")}: ${printable(only, 64)}   (another: sso-cred init NAME)`,
      );
      return only;
    }
  }
  if (existing.length > 1) {
    const names = existing.slice(0, 20).map((name) => printable(name, 64));
    if (asking.prompts === undefined) {
      throw new SsoCredError("usage", `which session? there are ${names.join(", ")}; give --sso-session`);
    }
    asking.say(`Sessions in the config: ${names.join(", ")}`);
  }
  return answer(question, undefined, asking);
}
