/**
 * Variables that Node obeys before any of its JavaScript runs. The first ends Node with exit 9, the
 * second makes a folder, the third writes a file at the end (Node 22: src/node.cc, src/env.cc,
 * src/inspector_profiler.cc).
 */
export const EARLY_VARIABLES = ["NODE_REPL_EXTERNAL_MODULE", "NODE_COMPILE_CACHE", "NODE_V8_COVERAGE"];

/**
 * Node's own JavaScript reads this one before the program runs, and exits with 1 if it is not a
 * number (lib/internal/process/pre_execution.js).
 */
export const CHANNEL_VARIABLE = "NODE_CHANNEL_FD";
/** An identifier of the same length: the name occurs in sources and in their compiled form. */
const NO_VARIABLE = "NODE_CHANNEL_F_";

/**
 * Makes a Node binary ignore these variables, by changes in place: each C string that names one
 * becomes the empty string, which is no variable's name, and the channel's name becomes another one
 * everywhere. Throws if a C string does not occur exactly once, or the channel's name not at all:
 * then this Node is built differently.
 */
export function forgetEarlyVariables(binary: Buffer): void {
  let at = binary.indexOf(CHANNEL_VARIABLE, 0, "latin1");
  if (at < 0) throw new Error(`${CHANNEL_VARIABLE} does not stand in the Node binary`);
  for (; at >= 0; at = binary.indexOf(CHANNEL_VARIABLE, at, "latin1"))
    binary.write(NO_VARIABLE, at, "latin1");
  for (const name of EARLY_VARIABLES) {
    const found = cStrings(binary, name);
    if (found.length !== 1)
      throw new Error(`${name} stands ${found.length} times in the Node binary, not once`);
    binary[found[0] as number] = 0;
  }
}

/**
 * The offset at which `name` stands between two NULs. In V8's start-up snapshot a length precedes a
 * string; those are other constants.
 */
function cStrings(binary: Buffer, name: string): number[] {
  const found: number[] = [];
  const sought = Buffer.from(`\0${name}\0`, "latin1");
  for (let at = binary.indexOf(sought); at >= 0; at = binary.indexOf(sought, at + 1)) {
    const isInSnapshot = at >= 3 && binary.readUInt32LE(at - 3) === name.length;
    if (!isInSnapshot) found.push(at + 1);
  }
  return found;
}
