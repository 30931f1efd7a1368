import { appendFileSync } from "node:fs";

/** The program behind the fake browsers of `browser.ts`: `MODE LOG URL`. */
const [mode = "", log = "", url = ""] = process.argv.slice(2);
for (const file of new Set([log, process.env.BROWSER_LOG ?? log])) appendFileSync(file, `${url}\n`);
if (mode === "visit") await fetch(url);
if (mode === "deny") await fetch(url, { method: "POST", body: new URLSearchParams({ decision: "deny" }) });
