import { printable } from "../../text/printable.ts";

/** The page a person sees at the end of a sign-in in the browser. */
export function callbackPage(outcome: { signedInTo: string } | { failed: string }): string {
  const [title, text] =
    "failed" in outcome
      ? ["Not signed in", outcome.failed]
      : [
          "You are signed in",
          `sso-cred now has what it needs for ${outcome.signedInTo}, and the program that asked goes on by itself. You can close this tab.`,
        ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} - sso-cred</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</html>
`;
}

function escapeHtml(text: string): string {
  return printable(text, 500).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
