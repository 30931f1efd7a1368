/** The command line that runs this program: the executable, or Node with the source. */
export function programCommand(): string[] {
  const { isSea } = process.getBuiltinModule("node:sea");
  return isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1] as string];
}
