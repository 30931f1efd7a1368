import { readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

const TEMPORARY = /^\.sso-cred-.+\.tmp$/;
/** The age at which the program removes its own temporary files. */
const TEMPORARY_LIFE_SECONDS = 60;

/** Every file under a folder. Links are not followed. */
function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** JSON files that do not hold one whole JSON document, each with its fault. */
export function brokenJson(folder: string): string[] {
  return filesUnder(folder)
    .filter((path) => path.endsWith(".json"))
    .flatMap((path) => {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch {
        return []; // Replaced or removed in the meantime.
      }
      try {
        JSON.parse(text);
        return [];
      } catch {
        return [`${path}: ${JSON.stringify(text.slice(0, 80))} (${text.length} characters)`];
      }
    });
}

export function lockFiles(home: string): string[] {
  return filesUnder(join(home, ".aws/sso-cred/locks")).filter((path) => !isTemporary(path));
}

export function temporaryFiles(home: string): string[] {
  return filesUnder(join(home, ".aws")).filter(isTemporary);
}

/** Sets the files' times back, so that they are old enough to be removed. */
export function ageTemporaryFiles(home: string): void {
  for (const path of temporaryFiles(home)) {
    const seconds = statSync(path).mtimeMs / 1000 - TEMPORARY_LIFE_SECONDS - 1;
    utimesSync(path, seconds, seconds);
  }
}

function isTemporary(path: string): boolean {
  return TEMPORARY.test(path.slice(path.lastIndexOf("/") + 1));
}

/** Path and text of every token, registration and role file. */
export function cacheSnapshot(home: string): Map<string, string> {
  const files = ["sso/cache", "cli/cache"].flatMap((folder) => filesUnder(join(home, ".aws", folder)));
  return new Map(
    files.filter((path) => !isTemporary(path)).map((path) => [path, readFileSync(path, "utf8")]),
  );
}
