/**
 * Variables that Node obeys before any program of its runs, so that no JavaScript can undo them: the first ends Node with
 * exit 9, the second makes a folder, the third writes a file at the end (Node 22: src/node.cc, src/env.cc,
 * src/inspector_profiler.cc).
 */
export const EARLY_VARIABLES = ["NODE_REPL_EXTERNAL_MODULE", "NODE_COMPILE_CACHE", "NODE_V8_COVERAGE"];

/**
 * Makes a Node binary look for no such variable: in place, the C string that names it becomes the empty one, which no
 * environment holds. Throws when a name is not there exactly once: then this Node is made in another way.
 */
export function forgetEarlyVariables(binary: Buffer): void {
  for (const name of EARLY_VARIABLES) {
    const found = cStrings(binary, name);
    if (found.length !== 1)
      throw new Error(`${name} stands ${found.length} times in the Node binary, not once`);
    binary[found[0] as number] = 0;
  }
}

/** Where `name` stands between two NULs. In V8's start-up snapshot a string follows its length: those are others' constants. */
function cStrings(binary: Buffer, name: string): number[] {
  const found: number[] = [];
  const sought = Buffer.from(`\0${name}\0`, "latin1");
  for (let at = binary.indexOf(sought); at >= 0; at = binary.indexOf(sought, at + 1)) {
    const isInSnapshot = at >= 3 && binary.readUInt32LE(at - 3) === name.length;
    if (!isInSnapshot) found.push(at + 1);
  }
  return found;
}
