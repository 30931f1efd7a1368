/**
 * Writes to a Windows console what is more than ASCII; answers false for all else, and has done nothing then. A console takes bytes for text
 * in its code page, which is seldom UTF-8; Node's streams give it Unicode, and have done so when they return. Closes `fd`,
 * unless it is a standard one.
 */
export function writeToConsole(fd: number, text: string, platform = process.platform): boolean {
  if (platform !== "win32" || !/[\u0080-\uffff]/.test(text)) return false;
  const { isatty, WriteStream } = process.getBuiltinModule("node:tty");
  if (!isatty(fd)) return false;
  if (fd === 1 || fd === 2) (fd === 1 ? process.stdout : process.stderr).write(text);
  else new WriteStream(fd).end(text).destroy();
  return true;
}
