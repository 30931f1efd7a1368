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
export function importsOf(source: string): Import[] {
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
