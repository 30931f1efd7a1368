/**
 * Writes non-ASCII text to a Windows console. For any other text or descriptor, does nothing and returns false. A
 * console reads bytes in its code page, which is seldom UTF-8, whereas Node's streams write Unicode, synchronously.
 * Closes `fd` unless it is stdout or stderr.
 */
export function writeToConsole(fd: number, text: string, platform = process.platform): boolean {
  if (platform !== "win32" || !/[\u0080-\uffff]/.test(text)) return false;
  const { isatty, WriteStream } = process.getBuiltinModule("node:tty");
  if (!isatty(fd)) return false;
  if (fd === 1 || fd === 2) (fd === 1 ? process.stdout : process.stderr).write(text);
  else new WriteStream(fd).end(text).destroy();
  return true;
}
