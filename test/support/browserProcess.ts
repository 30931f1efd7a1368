import { appendFileSync } from "node:fs";

/** The program behind the fake browsers of `browser.ts`: `MODE LOG URL`. */
const [mode = "", log = "", url = ""] = process.argv.slice(2);
appendFileSync(log, `${url}\n`);
if (mode === "visit") await fetch(url);
if (mode === "deny") await fetch(url, { method: "POST", body: new URLSearchParams({ decision: "deny" }) });
