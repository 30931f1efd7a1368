import { createSocket, type Socket } from "node:dgram";
import { isIPv4 } from "node:net";

/** The answer for a name: its addresses (of both families), a refusal, or none at all. */
export type NameAnswer = readonly string[] | "SERVFAIL" | "NXDOMAIN" | "REFUSED" | "silence";

interface NameServer {
  /** Sets the answer for a name. Other names do not exist. */
  tell(name: string, answer: NameAnswer): void;
  close(): void;
}

/** The header of a message (RFC 1035, section 4.1.1). */
const RESPONSE_CODE = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
/** Query type → number of bytes of an address: A, and AAAA (RFC 3596). */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 28: 16 };
const HEADER_BYTES = 12;

/** A name server over UDP that answers the first question of a query, with addresses only. */
export async function startNameServer(address: string): Promise<NameServer> {
  const names = new Map<string, NameAnswer>();
  const socket = createSocket("udp4");
  socket.on("message", (query, { address: client, port: clientPort }) => {
    const answer = answerTo(query, names);
    if (answer) socket.send(answer, clientPort, client);
  });
  await bound(socket, address);
  return { tell: (name, answer) => void names.set(name.toLowerCase(), answer), close: () => socket.close() };
}

function bound(socket: Socket, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(53, address, resolve);
  });
}

function answerTo(query: Buffer, names: ReadonlyMap<string, NameAnswer>): Buffer | undefined {
  const { name, end } = readName(query);
  const type = query.readUInt16BE(end);
  const said = names.get(name) ?? "NXDOMAIN";
  if (said === "silence") return undefined;
  const bytes = ADDRESS_BYTES[type];
  const isRefusal = typeof said === "string";
  const records = isRefusal ? [] : said.map(addressBytes).filter((address) => address.length === bytes);
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  // Flags of a recursive server's response.
  header.writeUInt16BE(0x8080 | (query.readUInt16BE(2) & 0x0100) | (isRefusal ? RESPONSE_CODE[said] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const question = query.subarray(HEADER_BYTES, end + 4);
  return Buffer.concat([header, question, ...records.map((address) => record(type, address))]);
}

/** The question's name and the offset of its end. */
function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

/** RFC 1035, section 4.1.3: the name as a pointer to the question, class IN, not to be cached. */
function record(type: number, address: Buffer): Buffer {
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, address.length]);
  return Buffer.concat([head, address]);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const [before = "", after] = address.split("::");
  const groups = (part: string) => part.split(":").filter(Boolean);
  const first = groups(before);
  const last = groups(after ?? "");
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  const all = after === undefined ? first : [...first, ...zeros, ...last];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
