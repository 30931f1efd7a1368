import { plainPrompts } from "./plainPrompts.ts";
import type { Prompts } from "./prompts.ts";

/** The prompts for this kind of terminal; the library is loaded only here. */
export async function loadPrompts(term: string | undefined): Promise<Prompts> {
  if (term === "dumb") return plainPrompts();
  const { terminalPrompts } = await import("./prompts.ts");
  return terminalPrompts();
}
