import { isLoopback } from "../platform/loopback.ts";
import { hiddenCharacter, printable } from "../text/printable.ts";

/** Why a start URL cannot be used, as the end of a sentence. Shows no password. */
export function startUrlProblem(text: string): string | undefined {
  const hidden = hiddenCharacter(text);
  if (hidden !== undefined) return `is not an https URL, as its ${hidden}: ${shownUrl(text)}`;
  const url = /["'<>]/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !isSafe) return `is not an https URL: ${shownUrl(text)}`;
  if (url.username !== "" || url.password !== "") return "must not contain a user name or a password";
  return undefined;
}

/** A start URL without trailing slashes and `#`, which make no difference. */
export function plainStartUrl(text: string): string {
  return text.replace(/[/#]+$/, "");
}

/** A URL for a message, with any user name and password removed. */
export function shownUrl(text: string): string {
  return printable(text.replace(/^([a-z][a-z0-9+.-]*:\/*)?.*@/is, "$1…@"));
}
