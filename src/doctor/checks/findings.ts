import type { Facts } from "../facts.ts";
import type { Finding } from "../finding.ts";
import { checkCommands } from "./commands.ts";
import { checkConfig } from "./config.ts";
import { checkEnvironment } from "./environment.ts";
import { checkFront } from "./front.ts";
import { checkHere } from "./here.ts";
import { checkProfiles } from "./profiles.ts";
import { checkSessions } from "./sessions.ts";
import { checkState } from "./state.ts";
import { checkUnusable } from "./unusable.ts";

/** All findings, errors first. */
export function findingsOf(facts: Facts): Finding[] {
  const found = [
    checkEnvironment,
    checkConfig,
    checkProfiles,
    checkCommands,
    checkState,
    checkSessions,
    checkHere,
    checkFront,
  ].flatMap((check) => check(facts));
  found.push(...checkUnusable(facts, found));
  const rank = { error: 0, warning: 1, note: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}
