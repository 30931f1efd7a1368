import { matchesGlob } from "../../../src/inventory/globs.ts";
import {
  browserGetsTheUrl,
  commandIsReadBack,
  masksQuickly,
  nameIsPortable,
  pageIsWeb,
  pathExpands,
  printsClean,
  proxyIsKnown,
  retryAfterIsAPause,
  splitsIntoWords,
  startUrlLeadsToAws,
  timeIsCanonical,
} from "../../../test/unit/fuzz/properties/texts.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

/** The small readers of single texts: command lines, BROWSER, times, Retry-After, paths, proxies, addresses, names, globs. */
export const target: FuzzTarget = {
  parts: ["a text", "another", "a third"],
  seeds: textInputs(
    ["sso-cred corp --account-id 123456789011 --role-name 'A \"B\"'", "two words", "Admin"],
    ['"C:\\Program Files\\sso-cred.exe" corp', "firefox -P \"x y\" %s:w3m '%s' \\ a", "C:\\x y\\z"],
    ["2026-03-01T12:00:00Z", "2026-03-01 12:00:00.5+01:00", "Thu, 01 Jan 1970 00:00:00 GMT"],
    [
      "http://user:p%40ss@proxy:8080",
      ".example,10.0.0.0/8,*.a.example:443,[::1]",
      "~/$HOME/$X/%USERPROFILE%",
    ],
    ["https://sso.example.com/start", "https://d-1234567890.portal.eu-west-1.app.aws/start/", "x"],
    ["{account_name}-{role_name}", "Prod [EU]", "*a?b*"],
    ['{"accessToken": "abc", "url": "https://u@h/p?code=1"} AKIAEXAMPLE ABCD-EFGH', "120", "x"],
  ),
  batch: 40,
  open() {
    return {
      async run(parts) {
        const [text = "", other = "", third = ""] = parts.map((part) => part.toString());
        splitsIntoWords(text);
        browserGetsTheUrl(other);
        for (const each of [text, other, third]) timeIsCanonical(each);
        retryAfterIsAPause(other, third);
        printsClean(text, 1 + (other.length % 400));
        masksQuickly(text);
        pathExpands(third, "linux");
        pathExpands(third, "win32");
        proxyIsKnown(text, other);
        await startUrlLeadsToAws(text, other);
        pageIsWeb(other);
        nameIsPortable(text, other, third);
        commandIsReadBack(text, other, third);
        matchesGlob(third, text);
      },
      close() {},
    };
  },
};
