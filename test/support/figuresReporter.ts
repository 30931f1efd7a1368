import type { Reporter, TestModule, TestSuite } from "vitest/node";

/** Prints measured figures (`task.meta.figures`) as Markdown tables, one for each suite. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const suite of modules.flatMap((module) => [...module.children.suites()])) {
      const rows = rowsOf(suite);
      if (rows.length > 0) console.log(`\n## ${suite.name}\n\n${table(rows)}`);
    }
  }
}

interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, string | number>>;
  readonly kept: "yes" | "NO";
}

function rowsOf(suite: TestSuite): Row[] {
  return [...suite.children.allTests()].flatMap((test): Row[] => {
    const { figures } = test.meta() as { figures?: Row["figures"] };
    const { state } = test.result();
    if (state === "skipped" || (figures === undefined && state === "passed")) return [];
    return [{ name: test.name, figures: figures ?? {}, kept: state === "passed" ? "yes" : "NO" }];
  });
}

/** A Markdown table that is readable in a terminal. */
function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cells = [
    ["case", ...names, "kept"],
    ...rows.map(({ name, figures, kept }) => [
      name,
      ...names.map((figure) => String(figures[figure] ?? "")),
      kept,
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [
    line(head),
    line(head.map((_, column) => "-".repeat(widths?.[column] ?? 3))),
    ...body.map(line),
  ].join("\n");
}
