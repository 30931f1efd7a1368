import { columnsOf } from "../../text/columns.ts";

/** The completions of an answer, in one row of fewer than `columns`. */
export function offers(answer: string, completions: readonly string[] = [], columns = 80): string {
  const found = answer === "" ? [] : startingWith(answer, completions);
  if (found.length === 0 || found.includes(answer)) return "";
  for (let count = found.length; count > 0; count--) {
    const row = `tab: ${found.slice(0, count).join(" ")}${count < found.length ? " …" : ""}`;
    if (columnsOf(row) < columns) return row;
  }
  return "";
}

/** The answer with everything that its completions have in common. */
export function completed(answer: string, completions: readonly string[] = []): string {
  const [first, ...others] = startingWith(answer, completions);
  if (answer === "" || first === undefined) return answer;
  let end = first.length;
  while (!others.every((other) => other.startsWith(first.slice(0, end)))) end--;
  return first.slice(0, end);
}

function startingWith(answer: string, completions: readonly string[]): string[] {
  return completions.filter((each) => each.startsWith(answer.toLowerCase()));
}
