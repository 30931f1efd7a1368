import { once } from "node:events";
import { writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary.ts";

/** The writer's end of a full Unix socket. */
export async function fullSocket() {
  const path = join(temporaryFolder(), "socket");
  const server = createServer({ pauseOnConnect: true }).listen(path);
  await once(server, "listening");
  const accepted = once(server, "connection");
  const writer = connect(path);
  await once(writer, "connect");
  const [reader] = (await accepted) as [Socket];
  onTestFinished(() => {
    for (const end of [writer, reader, server]) "destroy" in end ? end.destroy() : end.close();
  });
  const { fd } = (writer as unknown as { _handle: { fd: number } })._handle;
  fill(fd);
  return {
    /** For a child's stdio, where it is in blocking mode, like a new socket. */
    fd,
    /** Empties the socket. Returns the text that was written after it was full, up to `end`. */
    read: async () => {
      let text = "";
      for await (const chunk of reader.setEncoding("latin1")) text += chunk;
      return text.replaceAll("\0", "");
    },
    end: () => void writer.end(),
  };
}

/** Fills the socket to the last byte: what does not fit is tried again in smaller pieces. */
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
