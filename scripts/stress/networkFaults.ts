import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type OwnNetwork, ownNetwork } from "./ownNetwork.ts";
import type { Row, Suite, SuiteContext } from "./report.ts";

/** Each line of the program's output is one. */
export type Line = { row: Row } | { note: string } | "end";

const PROGRAM = fileURLToPath(new URL("networkCases.ts", import.meta.url));
const DEADLINE_MS = 150_000;

/** Names that cannot be looked up, and addresses to which no way leads, in a network of the suite's own. */
export const network: Suite = {
  name: "network",
  title: "No network",
  async run({ report, short }) {
    const own = ownNetwork();
    if ("missing" in own) {
      report.note(`SKIPPED: no network namespace can be made here (${own.missing}).`);
      return;
    }
    try {
      await runInside(own, report, short);
    } finally {
      own.remove();
    }
  },
};

async function runInside(own: OwnNetwork, report: SuiteContext["report"], short: boolean): Promise<void> {
  const command = [process.execPath, "--disable-warning=ExperimentalWarning", PROGRAM];
  const child = own.start([...command, ...(short ? ["--short"] : [])], process.env);
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  let last: Line | undefined;
  try {
    if (!child.stdout) throw new Error("no output");
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line;
      last = line;
      if (line === "end") continue;
      if ("note" in line) report.note(line.note);
      else await report.row(line.row.name, (expect) => told(line.row, expect));
    }
  } finally {
    clearTimeout(timer);
  }
  if (last !== "end") throw new Error("the cases inside the namespace did not come to their end");
}

function told({ figures, broken }: Row, expect: (holds: boolean, otherwise: string) => void): Row["figures"] {
  for (const fault of broken) expect(false, fault);
  return figures;
}
