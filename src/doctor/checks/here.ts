import type { Facts } from "../facts.ts";
import type { Finding } from "../finding.ts";

/** Describes the machine, as far as it decides how a sign-in happens. */
export function checkHere({ here }: Facts): Finding[] {
  const { hasTerminal, isRemote, isWsl, isContainer, browser } = here;
  const traits = [
    isRemote ? "a remote machine (SSH or a cloud IDE)" : undefined,
    isWsl ? "WSL" : undefined,
    isContainer ? "a container" : undefined,
    hasTerminal ? "a terminal" : "no terminal",
    browser === undefined ? "no browser" : `the browser ${browser}`,
  ].filter((trait) => trait !== undefined);
  return [
    {
      id: "here",
      severity: "note",
      found: `this is ${traits.join(", ")}`
        .replace("this is a terminal", "there is a terminal")
        .replace("this is no terminal", "there is no terminal"),
      why: "it decides between browser and device sign-in",
    },
  ];
}
