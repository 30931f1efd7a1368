import type { Socket } from "node:net";
import { NotHttp, ResponseTooLong } from "./serviceUnavailable.ts";

/** Most bytes of a head. The AWS CLI reads lines of as many (http.client's `_MAXLINE`). */
const HEAD_BYTES = 64 * 1024;

/** What a line of a head may hold (RFC 9110, section 5.5). */
const LINE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Of these fields the first counts. Other repeated fields form a list (RFC 9110, section 5.3). */
const SINGLE = ["content-type", "location", "retry-after"];

export interface RequestHead {
  method: string;
  /** A path; for a proxy, a whole URL or (CONNECT) `host:port`. */
  target: string;
  headers: Readonly<Record<string, string>>;
}

export interface ResponseHead {
  status: number;
  /** By names in lower case. */
  headers: Record<string, string>;
}

/**
 * Writes a request (RFC 9112, section 2.1).
 * @throws Error for a text that would end its line.
 */
export function writeRequest(
  socket: Socket,
  { method, target, headers }: RequestHead,
  body: Buffer = Buffer.alloc(0),
): void {
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (!lines.every((line) => LINE.test(line))) {
    throw new Error("a control character must not reach a request");
  }
  socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]));
}

/**
 * Reads a response (RFC 9112) from a socket. Node's HTTP client would read it, too, but takes a
 * twelfth of a miss to load and compile; a test compares the two. Each method rejects with NotHttp,
 * with the socket's error, or with ECONNRESET if the response is cut off.
 */
export class ResponseReader {
  readonly #socket: Socket;
  /** Bytes that have arrived and are not read yet. */
  #pieces: Buffer[] = [];
  #length = 0;
  #isOver = false;
  #failure: Error | undefined;
  #onNews = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const over = (failure?: Error) => {
      this.#isOver = true;
      this.#failure ??= failure;
      this.#onNews();
    };
    socket.on("data", this.#receive).on("error", over);
    for (const event of ["end", "close"]) socket.on(event, () => over());
  }

  readonly #receive = (piece: Buffer) => {
    this.#pieces.push(piece);
    this.#length += piece.length;
    this.#onNews();
  };

  /** Reads the status line and the header fields. Skips interim responses (1xx). */
  async head(): Promise<ResponseHead> {
    for (;;) {
      const line = await this.#line(HEAD_BYTES, "HTTP/");
      const status = Number(/^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(line)?.[1] ?? 0);
      // No request asks for another protocol.
      if (status === 0 || status === 101) throw new NotHttp(status === 0 ? "no status line" : "status 101");
      const headers = await this.#fields(HEAD_BYTES - line.length);
      if (status >= 200) return { status, headers };
    }
  }

  /** Reads the body that follows the head of the response to a request with this method. */
  async body(method: string, { status, headers }: ResponseHead, maxBytes: number): Promise<Buffer> {
    if (method === "HEAD" || status === 204 || status === 304) return Buffer.alloc(0);
    const { "transfer-encoding": coding, "content-length": length } = headers;
    if (coding !== undefined) return await this.#chunks(coding, maxBytes);
    if (length === undefined) return await this.#rest(maxBytes);
    if (!/^\d{1,15}$/.test(length)) throw new NotHttp("an invalid length");
    return await this.#bytes(Number(length), maxBytes);
  }

  /** Stops reading, and returns to the socket what it has read beyond the response. */
  release(): void {
    this.#socket.off("data", this.#receive).pause();
    if (this.#length > 0) this.#socket.unshift(this.#take(this.#length));
  }

  async #fields(maxBytes: number): Promise<Record<string, string>> {
    let text = "";
    for (;;) {
      const line = await this.#line(maxBytes - text.length);
      if (line === "") break;
      text += `${line}\n`;
    }
    const fields: Record<string, string> = Object.create(null);
    // A line that begins with white space continues the one before (RFC 9112, section 5.2).
    for (const [, line = ""] of text.replace(/\n[ \t]+/g, " ").matchAll(/([^\n]*)\n/g)) {
      const [, given, padded = ""] = /^([^\s:]+):[ \t]*(.*)$/.exec(line) ?? [];
      if (given === undefined || !LINE.test(line)) throw new NotHttp("an invalid header");
      const name = given.toLowerCase();
      // Tried once per run of spaces: from each space, a long run would take seconds.
      const value = padded.replace(/(?<![ \t])[ \t]+$/, "");
      const earlier = fields[name];
      if (earlier === undefined) fields[name] = value;
      else if (!SINGLE.includes(name)) fields[name] = `${earlier}, ${value}`;
    }
    return fields;
  }

  async #chunks(coding: string, maxBytes: number): Promise<Buffer> {
    if (coding.toLowerCase() !== "chunked") throw new NotHttp("an unknown transfer coding");
    const chunks: Buffer[] = [];
    for (let left = maxBytes; ; ) {
      const line = await this.#line();
      const digits = /^([\da-f]+)[ \t]*(?:;|$)/i.exec(line)?.[1];
      if (digits === undefined) throw new NotHttp("an invalid chunk");
      const size = Number.parseInt(digits, 16);
      if (size === 0) break;
      // The framing counts, too, because it takes memory.
      left -= line.length + 4;
      chunks.push(await this.#bytes(size, left));
      left -= size;
      if ((await this.#line()) !== "") throw new NotHttp("an invalid chunk");
    }
    // The trailer.
    await this.#fields(HEAD_BYTES);
    return Buffer.concat(chunks);
  }

  /** Reads up to the end of the connection. */
  async #rest(maxBytes: number): Promise<Buffer> {
    do {
      if (this.#length > maxBytes) throw new ResponseTooLong();
    } while (await this.#more());
    return this.#take(this.#length);
  }

  async #bytes(count: number, maxBytes: number): Promise<Buffer> {
    if (count > maxBytes) throw new ResponseTooLong();
    while (this.#length < count) if (!(await this.#more())) throw cutOff();
    return this.#take(count);
  }

  /** Reads a line, without its end. Rejects as soon as what arrives is no line with this start. */
  async #line(maxBytes = HEAD_BYTES, start = ""): Promise<string> {
    for (;;) {
      const unread = this.#unread();
      if (!start.startsWith(unread.toString("latin1", 0, start.length))) throw new NotHttp("no status line");
      const length = unread.indexOf("\n") + 1;
      if ((length || unread.length) > maxBytes) throw new NotHttp("too long a line");
      if (length > 0)
        return this.#take(length)
          .toString("latin1")
          .replace(/\r?\n$/, "");
      if (!(await this.#more())) throw cutOff();
    }
  }

  /** Waits for the next piece. False after the last one. */
  async #more(): Promise<boolean> {
    for (const before = this.#length; this.#length === before; ) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isOver) return false;
      await new Promise<void>((resolve) => {
        this.#onNews = resolve;
      });
    }
    return true;
  }

  #take(bytes: number): Buffer {
    const unread = this.#unread();
    this.#pieces = [unread.subarray(bytes)];
    this.#length -= bytes;
    return unread.subarray(0, bytes);
  }

  #unread(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] as Buffer;
  }
}

function cutOff(): Error {
  return Object.assign(new Error("the response is cut off"), { code: "ECONNRESET" });
}
