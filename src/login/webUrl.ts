import { SsoCredError } from "../errors.ts";
import { printable } from "../text.ts";

/** Of characters; it is shown on terminals and in one line of an error. */
const LONGEST_URL = 4_096;

/** A page that may be opened: what the service sends is not trusted to be one. Throws `unavailable`. */
export function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (isWeb && url.href.length <= LONGEST_URL) return url.href;
  throw new SsoCredError(
    "unavailable",
    `the service named a sign-in page that is no web address: ${printable(text, 80)}`,
  );
}
