import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, test } from "vitest";
import { type OwnNetwork, ownNetwork } from "./ownNetwork.ts";
import type { Row } from "./report.ts";
import type { Suite } from "./suite.ts";

/** Each line of the program's output is a row, and the last one `"end"`. */
export type Line = { row: Row } | "end";

const PROGRAM = fileURLToPath(new URL("networkCases.ts", import.meta.url));
const DEADLINE_MS = 150_000;

/** Names that cannot be looked up, addresses without a route: in the suite's own network. */
export const network: Suite = {
  name: "network",
  title: "No network",
  run({ report, short }) {
    const own = ownNetwork();
    if ("missing" in own) return test.skip(`no network namespace can be made here (${own.missing})`);
    afterAll(() => own.remove());
    return report.row("every fault of names and routes", async (expect) => {
      const rows = await runInside(own, short);
      for (const { name, broken } of rows) for (const fault of broken) expect(false, `${name}: ${fault}`);
      return { faults: rows.length };
    });
  },
};

async function runInside(own: OwnNetwork, short: boolean): Promise<Row[]> {
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", PROGRAM];
  const child = own.start([...command, ...(short ? ["--short"] : [])], process.env);
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const rows: Row[] = [];
  let last: Line | undefined;
  try {
    if (!child.stdout) throw new Error("no output");
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line;
      last = line;
      if (line !== "end") rows.push(line.row);
    }
  } finally {
    clearTimeout(timer);
  }
  if (last !== "end") throw new Error("the cases inside the namespace did not come to their end");
  return rows;
}
