import { type Answers, GOOD_ANSWERS, goodAnswer } from "../../test/unit/fuzz/properties/serviceAnswers.ts";
import type { Input } from "./target.ts";

/** Those with which Node's server still answers in whole. */
const HEADERS = ["content-type", "x-amzn-errortype", "retry-after", "date", "location", "content-encoding"];

/** The parts of an input that say what paths answer: status and headers of each as JSON, then their bodies. */
export function answerParts(paths: readonly string[], statuses: readonly number[] = []): Input {
  const heads = paths.map((path, at) => ({
    ...{ path, status: statuses[at] ?? 200, "content-type": "application/json" },
    ...(statuses[at] === undefined ? {} : { "x-amzn-errortype": "ForbiddenException", "retry-after": "1" }),
  }));
  return [JSON.stringify(heads), ...paths.map((path) => JSON.stringify(GOOD_ANSWERS[path]))].map((part) =>
    Buffer.from(part),
  );
}

/** An empty body is a good answer. */
export function readAnswers(paths: readonly string[], [heads = Buffer.of(), ...bodies]: Input): Answers {
  const given = parsedList(heads.toString());
  const answers = paths.map((path, at) => {
    const head = given.find((each) => each.path === path) ?? {};
    const { status } = head;
    const known = HEADERS.map((name) => [name, head[name]] as const).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string" && /^[\t\x20-\x7e]*$/.test(pair[1]),
    );
    const isStatus = Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 999;
    const body = bodies[at]?.length ? bodies[at] : goodAnswer(path).body;
    return [
      path,
      { status: isStatus ? (status as number) : 200, headers: Object.fromEntries(known), body },
    ] as const;
  });
  return Object.fromEntries(answers);
}

function parsedList(text: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];
  } catch {
    return [];
  }
}
