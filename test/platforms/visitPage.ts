// visitPage.ts LOG visit|ignore URL: a browser without a window. It uses node:http because `fetch`
// does not work on Wine's sockets.
import { appendFileSync } from "node:fs";
import { get } from "node:http";

const [log = "", mode = "", address = ""] = process.argv.slice(2);
appendFileSync(log, `${address}\n`);
if (mode === "visit") visit(address);

function visit(url: string): void {
  get(url, { agent: false }, (response) => {
    response.resume();
    const { location } = response.headers;
    if (location !== undefined) visit(new URL(location, url).href);
  }).on("error", (error) => appendFileSync(`${log}.failed`, `${error.message}\n`));
}
