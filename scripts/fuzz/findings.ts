import { shrink } from "./shrink.ts";
import type { Input } from "./target.ts";

export interface Finding {
  readonly input: Input;
  readonly error: string;
}

export interface Findings {
  readonly found: Finding[];
  /** Makes it small and keeps it, unless one that fails alike is known. */
  add(input: Input, error: unknown): Promise<void>;
}

/** More are the same again, or the target is broken. */
const MOST = 20;
const MOST_ATTEMPTS = 400;

export function newFindings(fault: (input: Input) => Promise<unknown>): Findings {
  const found: Finding[] = [];
  const known = new Set<string>();
  return {
    found,
    async add(input, error) {
      const key = signature(error);
      if (known.has(key) || found.length >= MOST) return;
      if (key.startsWith("took")) {
        // A busy machine makes anything slow.
        for (let again = 0; again < 2; again++) if (signature(await fault(input)) !== key) return;
      }
      known.add(key);
      const small = key.startsWith("took")
        ? input
        : await shrink(input, MOST_ATTEMPTS, async (each) => signature(await fault(each)) === key);
      found.push({
        input: small,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    },
  };
}

/** What tells one fault from another: its first line without numbers and quoted values, and where it was thrown. */
function signature(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message.startsWith("took")) return "took too long";
  const [first = ""] = error.message.split("\n");
  const place = error.stack?.split("\n").find((line) => /^\s+at .*\.ts:\d+/.test(line)) ?? "";
  return `${first.replace(/'[^']*'|"[^"]*"|\d+/g, "#").slice(0, 120)} ${place.trim()}`;
}
