import { printable } from "../../text/printable.ts";
import type { Facts } from "../facts.ts";
import type { Finding } from "../finding.ts";

/** Tells which of the two executables answers calls. */
export function checkFront({ front, version }: Facts): Finding[] {
  if (front === undefined) return [];
  const why = "the native front answers from the cache in a millisecond, the program alone in twenty";
  if (front === "none") return [{ id: "front", severity: "note", found: "there is no native front", why }];
  const path = printable(front.path);
  const found = front.isInUse
    ? `the native front is ${path}`
    : `this program was not started by its native front, ${path}`;
  const note: Finding = { id: "front", severity: "note", found, why };
  if (front.version === version) return [note];
  return [
    {
      id: "front-version",
      severity: "warning",
      found: `the native front ${path} is version ${printable(front.version)}, and its program ${version}`,
      why: "an installation was interrupted, or one of the two files was replaced; they work together meanwhile",
      fix: "install sso-cred again",
    },
    note,
  ];
}
