import { SsoCredError } from "../../errors.ts";
import { printable } from "../../text/printable.ts";

/** In characters. The URL is shown on terminals and in one line of an error. */
const LONGEST_URL = 4_096;

/** Asserts that the service's address is a web page that may be opened. Throws `unavailable`. */
export function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw refused(`the service named a sign-in page that is not a web address: ${printable(text, 80)}`);
  }
  // In `https://aws.amazon.com@evil.example/` the user name looks like the host, so it is not
  // repeated.
  if (url.username || url.password) {
    throw refused(
      `the service named a sign-in page with a user name before its host ${printable(url.host, 80)}`,
    );
  }
  if (url.href.length > LONGEST_URL) {
    throw refused(`the address of the sign-in page is too long: ${printable(url.href, 80)}`);
  }
  return url.href;
}

function refused(message: string): SsoCredError {
  return new SsoCredError("unavailable", message);
}
