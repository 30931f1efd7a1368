import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Input } from "./target.ts";

/** An input as a file: a JSON list of its parts, each byte a character (Latin-1), so that it can be read and edited. */
export function inputText(input: Input): string {
  return JSON.stringify(input.map((part) => part.toString("latin1")));
}

export function parseInput(text: string): Input {
  return (JSON.parse(text) as string[]).map((part) => Buffer.from(part, "latin1"));
}

/** Keeps an input under a name made of its content. */
export function keepInput(folder: string, input: Input): string {
  const text = inputText(input);
  const path = `${folder}/${createHash("sha256").update(text).digest("hex").slice(0, 16)}.json`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What earlier runs have kept, in an order that is always the same. */
export function keptInputs(folder: string): Input[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => parseInput(readFileSync(`${folder}/${name}`, "utf8")));
}
