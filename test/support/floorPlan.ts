import { posix } from "node:path";

/** Path below src → text. */
export type Sources = Readonly<Record<string, string>>;

/**
 * Lowest floor first. An entry is a file of src or, with a slash, a folder. Files of a folder may
 * have an entry on a lower floor.
 */
export type FloorTable = readonly (readonly string[])[];

/** Packages that only one file may import. */
export type Reserved = Readonly<Record<string, string>>;

/** Describes each import that breaks the plan. Empty if none does. */
export function breaches(sources: Sources, floors: FloorTable, reserved: Reserved): string[] {
  const found: string[] = [];
  for (const [file, source] of Object.entries(sources)) {
    const own = floorOf(file, floors);
    if (own < 0) found.push(`${file} is not in the floor table`);
    for (const { specifier } of importsOf(source)) {
      const wrong = specifier.startsWith(".")
        ? whyNotLocal(file, posix.join(posix.dirname(file), specifier), sources, floors)
        : whyNotPackage(file, specifier, reserved);
      if (wrong) found.push(`${file} imports ${specifier}: ${wrong}`);
    }
  }
  return [...found, ...cycles(sources)];
}

function whyNotLocal(file: string, target: string, sources: Sources, floors: FloorTable): string | undefined {
  if (!(target in sources)) return "no such file";
  const down = floorOf(file, floors) - floorOf(target, floors);
  if (down > 0 || (down === 0 && posix.dirname(file) === posix.dirname(target))) return undefined;
  return down < 0 ? "that is upstairs" : "that is another room of the same floor";
}

function whyNotPackage(file: string, specifier: string, reserved: Reserved): string | undefined {
  if (specifier === "(computed)") return "not readable by this test";
  const owner = Object.entries(reserved).find(([prefix]) => specifier.startsWith(prefix))?.[1];
  return owner === undefined || owner === file ? undefined : `only ${owner} may`;
}

/** The floor's number; -1 for a file that is not in the table. */
function floorOf(file: string, floors: FloorTable): number {
  const exact = floors.findIndex((floor) => floor.includes(file));
  return exact >= 0 ? exact : floors.findIndex((floor) => floor.includes(`${posix.dirname(file)}/`));
}

/** Describes each import cycle, types and dynamic imports included. */
export function cycles(sources: Sources): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) found.push(`cycle: ${[...trail.slice(trail.indexOf(file)), file].join(" → ")}`);
    if (done.has(file)) return;
    done.add(file);
    for (const next of localImports(file, sources)) walk(next, [...trail, file]);
  };
  for (const file of Object.keys(sources)) walk(file, []);
  return found;
}

/** All that is loaded with `file`: files of src, and packages and built-ins by name. */
export function staticClosure(file: string, sources: Sources): string[] {
  const seen = new Set<string>();
  const walk = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { specifier, kind } of importsOf(sources[name] ?? "")) {
      if (kind !== "static") continue;
      walk(specifier.startsWith(".") ? posix.join(posix.dirname(name), specifier) : specifier);
    }
  };
  walk(file);
  return [...seen].sort();
}

function localImports(file: string, sources: Sources): string[] {
  return importsOf(sources[file] ?? "")
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier }) => posix.join(posix.dirname(file), specifier));
}

/** One import of a TypeScript file, of any form. */
interface Import {
  specifier: string;
  /** `dynamic` is also set for `import("x")` in a type. */
  kind: "static" | "type" | "dynamic";
}

const FROM = /^(?:import|export)\s+(?<type>type\s)?[^"';()=]*?\bfrom\s+"(?<specifier>[^"]+)"/gm;
const BARE = /^import\s+"(?<specifier>[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*(?:"(?<specifier>[^"]+)")?/g;

/** Finds the imports in a file formatted by Biome: at the line's start, in double quotes. */
function importsOf(source: string): Import[] {
  const text = source.replace(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
  return [
    ...find(text, FROM, (type) => (type ? "type" : "static")),
    ...find(text, BARE, () => "static"),
    ...find(text, DYNAMIC, () => "dynamic"),
  ];
}

function find(text: string, pattern: RegExp, kind: (type: string | undefined) => Import["kind"]): Import[] {
  return [...text.matchAll(pattern)].map(({ groups }) => ({
    specifier: groups?.specifier ?? "(computed)",
    kind: kind(groups?.type),
  }));
}
