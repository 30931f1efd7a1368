import { wrapWords } from "../text/columns.ts";
import { printable } from "../text/printable.ts";
import { counted } from "../text/words.ts";

type Severity = "error" | "warning" | "note";

/** A result of `doctor`. The ids are stable and documented in docs/doctor.md. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** What was found, in one sentence without secrets. */
  readonly found: string;
  /** The file with line and key, or the variable, that it is about. */
  readonly where?: string | undefined;
  /** The consequence: which clients do what. */
  readonly why: string;
  /** The command that fixes it. */
  readonly run?: string | undefined;
  /** What to do if no single command fixes it. */
  readonly fix?: string | undefined;
}

/** A finding with its fields in the order of `--json`. */
export function finding(
  id: string,
  severity: Severity,
  where: string | undefined,
  { found, why, ...remedy }: Pick<Finding, "found" | "why" | "run" | "fix">,
): Finding {
  return { id, severity, found, where, why, ...remedy };
}

const WIDEST = 78;

const GROUPS: readonly { severity: Severity; title: string }[] = [
  { severity: "error", title: "To fix" },
  { severity: "warning", title: "Worth a look" },
  { severity: "note", title: "For your information" },
];

/** At most `columns` wide, grouped by what has to be done, with a summary at the end. */
export function report(findings: readonly Finding[], columns = WIDEST): string {
  const width = Math.min(columns, WIDEST);
  const groups = GROUPS.flatMap(({ severity, title }) => {
    const found = findings.filter((finding) => finding.severity === severity);
    const entries = alike(found).map((each) => entry(each, width));
    return found.length === 0 ? [] : [`${title}\n\n${entries.join("\n")}`];
  });
  return [...groups, summary(findings)].join("\n");
}

/** Findings of one kind with the same consequence and remedy, which are shown once. */
function alike(findings: readonly Finding[]): Finding[][] {
  const groups = Map.groupBy(findings, ({ id, why, run, fix }) => JSON.stringify([id, why, run, fix]));
  return [...groups.values()];
}

function entry(findings: readonly Finding[], width: number): string {
  const wrapped = (text: string, first: string, further: string) =>
    `${wrapWords(printable(text, 2_000), width, first, further)}\n`;
  const [{ id, severity, why, run, fix }] = findings as [Finding];
  const lines = findings.flatMap(({ found, where }, index) => [
    wrapped(index === 0 && severity !== "note" ? `${found} [${id}]` : found, "  ", "    "),
    ...(where === undefined || severity === "note" ? [] : [wrapped(`at ${where}`, "    ", "      ")]),
  ]);
  if (severity === "note") return lines.join("");
  lines.push(wrapped(why, "    ", "    "));
  if (fix !== undefined) lines.push(wrapped(fix, "    fix: ", "      "));
  if (run !== undefined) lines.push(`    run: ${printable(run, 1_000)}\n`);
  return lines.join("");
}

function summary(findings: readonly Finding[]): string {
  const parts = (["error", "warning"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [counted(count, severity)];
  });
  return parts.length === 0 ? "Nothing to fix.\n" : `${parts.join(", ")}.\n`;
}
