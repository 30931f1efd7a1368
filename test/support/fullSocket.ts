import { once } from "node:events";
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The writer's end of a full Unix socket. */
export async function fullSocket() {
  const folder = mkdtempSync(join(tmpdir(), "full-socket-"));
  const server = createServer({ pauseOnConnect: true }).listen(join(folder, "socket"));
  await once(server, "listening");
  const accepted = once(server, "connection");
  const writer = connect(join(folder, "socket"));
  await once(writer, "connect");
  const [reader] = (await accepted) as [Socket];
  onTestFinished(() => {
    for (const end of [writer, reader, server]) "destroy" in end ? end.destroy() : end.close();
    rmSync(folder, { recursive: true });
  });
  const { fd } = (writer as unknown as { _handle: { fd: number } })._handle;
  fill(fd);
  return {
    /** For a child's stdio. The child gets it in blocking mode, like a new socket. */
    fd,
    /** Reads from it. Returns the text that came after the filling, up to `end`. */
    read: async () => {
      let text = "";
      for await (const chunk of reader.setEncoding("latin1")) text += chunk;
      return text.replaceAll("\0", "");
    },
    end: () => void writer.end(),
  };
}

/** Fills it to the last byte: a piece that does not fit is tried again in smaller parts. */
function fill(fd: number): void {
  for (let size = 65_536; size >= 1; ) {
    try {
      writeSync(fd, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      size = Math.floor(size / 2);
    }
  }
}
