import { printable } from "./text.ts";

const SECRET_NAME =
  /token|secret|password|verifier|accesskey|devicecode|usercode|authorization|cookie|credential/i;
/** Long runs of the characters that tokens and keys are made of, with at least a digit and a letter in them. */
const SECRET_RUN = /[A-Za-z0-9+/=_~-]{20,}/g;
const FILE_NAME = /^[0-9a-f]{40}$/;
const KEY_ID = /\bA[KS]IA[A-Z0-9]+/g;

/** A value as a trace may show it: short, on one line, without anything that looks like a secret. */
export function masked(name: string, value: unknown): string {
  if (SECRET_NAME.test(name)) return "***";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return printable(maskedText(text), 600);
}

/** Secrets in free text: query strings, key ids, long random runs (the hashes that name cache files stay). */
export function maskedText(text: string): string {
  return text
    .replace(/([a-z]+:\/\/)[^\s/@]*@/gi, "$1***@")
    .replace(/\?[^\s"']+/g, "?***")
    .replace(KEY_ID, "***")
    .replace(SECRET_RUN, (run) => (run.startsWith("/") ? maskedPath(run) : maskedRun(run)));
}

function maskedPath(path: string): string {
  return path.split("/").map(maskedRun).join("/");
}

function maskedRun(run: string): string {
  return isSecret(run) ? "***" : run;
}

function isSecret(run: string): boolean {
  return run.length >= 20 && !FILE_NAME.test(run) && /[0-9]/.test(run) && /[A-Za-z]/.test(run);
}
