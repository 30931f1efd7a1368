import { KNOWN_REGIONS, nearestRegion, regionProblem } from "../../config/regions.ts";
import { DEFAULT_SCOPES } from "../../config/session.ts";
import { shownUrl, startUrlProblem } from "../../config/urls.ts";
import { type Remedy, SsoCredError } from "../../errors.ts";
import { hiddenCharacter, printable } from "../../text/printable.ts";
import { nearest } from "../../text/words.ts";
import { makePortable, nameProblem } from "../plan/names.ts";
import type { MenuQuestion, Prompts, TextQuestion } from "./prompts.ts";

/** A question with the flag that answers it. Words and order are those of `aws configure sso`. */
export interface Question extends TextQuestion {
  readonly flag: string;
  /** Expands an abbreviated answer. */
  complete?(answer: string): string;
  /** A reason to doubt an answer. The same answer given a second time is accepted. */
  doubt?(answer: string): string | undefined;
}

export function sessionNameQuestion(
  existing: readonly string[],
  fallback = existing.length === 1 ? existing[0] : undefined,
): Question {
  return {
    flag: "--sso-session",
    message: `SSO session name (Recommended)${fallback === undefined ? "" : ` [${printable(fallback, 64)}]`}: `,
    fallback,
    check: (name) => (existing.includes(name) ? undefined : describeNameProblem("session", name)),
  };
}

/** A question that shows its default, at most `length` characters of it, as the AWS CLI does. */
function withDefault(flag: string, words: string, fallback: string | undefined, length = 200) {
  return { flag, message: `${words} [${printable(fallback ?? "None", length)}]: `, fallback };
}

export function startUrlQuestion(fallback?: string): Question {
  return {
    ...withDefault("--start-url", "SSO start URL", fallback),
    complete: completeStartUrl,
    check: (text) => {
      const problem = startUrlProblem(completeStartUrl(text));
      return problem && `Not a valid Start URL: ${otherId(text) ?? `it ${problem}`}`;
    },
  };
}

/** A directory id (`d-1234567890`) or an address without scheme, as the portal shows them. */
function completeStartUrl(text: string): string {
  if (/^d-[0-9a-f]{10}$/i.test(text)) return `https://${text.toLowerCase()}.awsapps.com/start`;
  if (/^[a-z0-9-]+\.awsapps\.com\/?$/i.test(text)) return `https://${text.replace(/\/$/, "")}/start`;
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/#].*)?$/i.test(text) ? `https://${text}` : text;
}

/** The reason why an id is not completed to an address. */
function otherId(text: string): string | undefined {
  if (/^d-\w+$/i.test(text)) return "a directory id is d- and ten characters of 0-9 and a-f";
  if (/^ssoins-\w+$/i.test(text)) return "it is the id of the instance, not of the directory (d-…)";
  return undefined;
}

const REGION = {
  completions: KNOWN_REGIONS,
  check(region: string) {
    const problem = regionProblem(region);
    return problem && `Not a valid region: it ${problem}`;
  },
  doubt(region: string) {
    if (KNOWN_REGIONS.includes(region)) return undefined;
    const guess = nearestRegion(region);
    return guess === undefined ? "Not a region I know." : `Not a region I know; did you mean ${guess}?`;
  },
};

export function ssoRegionQuestion(fallback?: string): Question {
  return { ...withDefault("--sso-region", "SSO region", fallback, 40), ...REGION };
}

export function scopesQuestion(fallback = DEFAULT_SCOPES.join(",")): Question {
  return {
    ...withDefault("--scopes", "SSO registration scopes", fallback),
    check: (scopes) =>
      /^\s*[^\s,]+(?:\s*,\s*[^\s,]+)*\s*$/.test(scopes) && isClean(scopes)
        ? undefined
        : withHidden("Scope values must be separated by commas", scopes),
  };
}

export function regionQuestion(ssoRegion: string): Question {
  return { ...withDefault("--region", "Default client Region", ssoRegion, 40), ...REGION };
}

export function outputQuestion(): Question {
  return {
    flag: "--output",
    message: "CLI default output format (json if not specified) [json]: ",
    fallback: "json",
    completions: OUTPUT_FORMATS,
    check: (format) => {
      if (OUTPUT_FORMATS.includes(format)) return undefined;
      const guess = nearest(format, OUTPUT_FORMATS);
      const hint = guess === undefined ? `use ${OUTPUT_FORMATS.join(", ")}` : `did you mean ${guess}?`;
      return `Not a valid output format; ${hint}`;
    },
  };
}

/** The output formats of the AWS CLI 2.36.7 (`aws help`, --output). */
const OUTPUT_FORMATS: readonly string[] = ["json", "text", "table", "yaml", "yaml-stream", "off"];

export function profileNameQuestion(
  fallback: string,
  isTemplate: boolean,
  check: (name: string) => string | undefined,
): Question {
  return {
    ...withDefault("--profile-name", `Profile name${isTemplate ? " template" : ""}`, fallback),
    check: (name) => (isClean(name) ? check(name) : withHidden("Not a valid profile name", name)),
  };
}

/** Explains why a typed name is invalid, with the nearest valid one; undefined for a valid name. */
export function describeNameProblem(what: "session" | "profile", name: string): string | undefined {
  const problem = nameProblem(name);
  if (problem === undefined) return undefined;
  const offer = makePortable(name);
  const why = withHidden(problem, name);
  return `Not a valid ${what} name: ${why}${offer === "" || why !== problem ? "" : `; ${offer} would do`}`;
}

/** Answers come from flags, then from accepted defaults, then from the person. */
export interface Asking {
  /** Undefined without a terminal. */
  readonly prompts: Prompts | undefined;
  /** The command that gives the run a terminal, where there is one. */
  readonly remedy?: Remedy;
  /** True with `--yes` and `--dry-run`: questions with a default are not asked. */
  readonly takesDefaults: boolean;
  /** Writes a line to standard error. */
  say(line: string): void;
}

/**
 * @throws SsoCredError("usage") naming the flag, for an invalid flag and for a question without a
 * terminal; "cancelled" if the person leaves.
 */
export async function answer(question: Question, given: string | undefined, asking: Asking): Promise<string> {
  const text = await shortAnswer(question, given, asking);
  const whole = question.complete?.(text) ?? text;
  if (whole !== text) asking.say(`Using ${printable(whole, 200)}`);
  return whole;
}

async function shortAnswer(question: Question, given: string | undefined, asking: Asking): Promise<string> {
  const { flag, fallback, check } = question;
  if (given !== undefined) {
    const trimmed = given.trim();
    const problem = trimmed === "" ? "A value is required" : check(trimmed);
    const shown = flag === "--start-url" ? shownUrl(given) : printable(given, 200);
    const reason = question.doubt?.(trimmed);
    if (problem === undefined && reason !== undefined) asking.say(`${flag} ${shown}: ${reason}`);
    if (problem === undefined) return trimmed;
    throw new SsoCredError("usage", `${flag} ${shown}: ${problem}`);
  }
  if (asking.takesDefaults && fallback !== undefined) return fallback;
  if (asking.prompts === undefined) throw openQuestion(flag, fallback, asking);
  return orCancelled(await asking.prompts.askText({ ...question, check: insisted(question) }));
}

/** Like `answer`, from a menu. Returns the values in the menu's order. */
export async function choose(question: MenuQuestion, flag: string, asking: Asking): Promise<string[]> {
  if (asking.prompts === undefined) throw openQuestion(`${flag} (or --all)`, undefined, asking);
  return orCancelled(await asking.prompts.askSome(question));
}

/** Asks a person for yes or no. */
export async function confirms(prompts: Prompts, what: string, fallback: "y" | "n"): Promise<boolean> {
  const message = `${what} ${fallback === "y" ? "[Y/n]" : "[y/N]"}: `;
  const check = (text: string) => (/^(?:y|yes|n|no)$/i.test(text) ? undefined : "Answer y or n");
  return /^y/i.test(orCancelled(await prompts.askText({ message, fallback, check })));
}

function orCancelled<T>(answer: T | undefined): T {
  if (answer === undefined) throw new SsoCredError("cancelled", "cancelled");
  return answer;
}

function openQuestion(flag: string, fallback: string | undefined, { remedy = {} }: Asking): SsoCredError {
  const more = fallback === undefined ? "" : ` (--yes takes ${printable(fallback, 80)})`;
  return new SsoCredError("usage", `there is no terminal to ask on: give ${flag}${more}`, { remedy });
}

/** Adds the doubt to the check. The same answer given a second time is accepted. */
function insisted({ check, doubt }: Question): Question["check"] {
  let doubted: string | undefined;
  return (answer) => {
    const problem = check(answer);
    if (problem !== undefined || answer === doubted) return problem;
    doubted = answer;
    const reason = doubt?.(answer);
    return reason && `${reason} Enter again to keep it`;
  };
}

/** True for text without invisible characters and without a comment. */
function isClean(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\s[#;]/u.test(text);
}

/** A message, with the character of the answer that nobody sees. A space is seen well enough. */
function withHidden(message: string, answer: string): string {
  const hidden = hiddenCharacter(answer.replaceAll(" ", "_"));
  return hidden === undefined ? message : `${message}; ${hidden}`;
}
