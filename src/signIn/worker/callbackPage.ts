import { printable } from "../../text/printable.ts";

/** The outcome of a sign-in in the browser, and the command that starts another one. */
export type PageOutcome = { signedInTo: string } | { failed: string; command?: string };

const WORDS = {
  en: {
    signedIn: "You are signed in",
    notSignedIn: "You are not signed in",
    success: (session: string) =>
      `sso-cred is now signed in to ${session}, and the program that asked for credentials continues. You can close this tab.`,
    failure: (reason: string) => `The sign-in did not work: ${reason}.`,
    retry: "To try again, close this tab and run this command in a terminal:",
    close: "You can close this tab. A sign-in that is open in another tab is not affected.",
  },
  ja: {
    signedIn: "サインインしました",
    notSignedIn: "サインインできませんでした",
    success: (session: string) =>
      `sso-cred は ${session} にサインインしました。認証情報を要求したプログラムは自動的に続行します。このタブは閉じてかまいません。`,
    failure: (reason: string) => `サインインに失敗しました: ${reason}`,
    retry: "もう一度試すには、このタブを閉じて、ターミナルで次のコマンドを実行してください。",
    close: "このタブは閉じてかまいません。別のタブで開いているサインインには影響しません。",
  },
};

const STYLE = `:root{color-scheme:light dark}
body{font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.25rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.3}
code{display:block;padding:.75rem 1rem;border-radius:.5rem;background:light-dark(#f0f0f2,#2c2c30)}`;

/** The page that ends a sign-in, in the language of the browser (`Accept-Language`). */
export function callbackPage(outcome: PageOutcome, acceptLanguage = ""): string {
  const language = pageLanguage(acceptLanguage);
  const words = WORDS[language];
  const isFailed = "failed" in outcome;
  const title = escapeHtml(isFailed ? words.notSignedIn : words.signedIn);
  const paragraphs = isFailed
    ? failureParagraphs(outcome, words)
    : [paragraph(words.success(outcome.signedInTo))];
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - sso-cred</title>
<style>${STYLE}</style>
<main>
<h1>${title}</h1>
${paragraphs.join("\n")}
</main>
</html>
`;
}

function failureParagraphs(
  { failed, command }: { failed: string; command?: string },
  words: (typeof WORDS)["en" | "ja"],
): string[] {
  const reason = paragraph(words.failure(failed.replace(/\.$/, "")));
  if (command === undefined) return [reason, paragraph(words.close)];
  return [reason, paragraph(words.retry), `<p><code>${escapeHtml(command)}</code></p>`];
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/** The first of our languages that the browser accepts (RFC 9110, 12.5.4), else English. */
function pageLanguage(acceptLanguage: string): "en" | "ja" {
  const entries = acceptLanguage.slice(0, 1_000).toLowerCase().split(",");
  const preferences = entries.map((entry) => {
    const [tag = "", ...parameters] = entry.trim().split(/\s*;\s*/);
    const quality = Number(parameters.find((text) => text.startsWith("q="))?.slice(2) ?? "1");
    return { language: tag.split("-")[0], quality };
  });
  const ours = preferences.filter(
    ({ language, quality }) => /^(?:en|ja)$/.test(language ?? "") && quality > 0,
  );
  return ours.sort((a, b) => b.quality - a.quality)[0]?.language === "ja" ? "ja" : "en";
}

function escapeHtml(text: string): string {
  return printable(text, 600).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
