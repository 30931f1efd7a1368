import { createHash } from "node:crypto";

/**
 * Signs a 64-bit Mach-O executable ad hoc, as `codesign --sign -` does on a Mac: Apple silicon kills a process whose code
 * has no valid signature. Written from the public headers of Apple's xnu (EXTERNAL_HEADERS/mach-o/loader.h, osfmk/kern/
 * cs_blobs.h); the signature of Go's linker, which does the same for darwin/arm64, serves as the test's example.
 *
 * @throws Error for anything that is no thin 64-bit Mach-O with a place for a signature at its end.
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  const { signature, linkedit, text } = loadCommands(executable);
  const codeEnd = executable.readUInt32LE(signature + 8);
  const blob = superBlob(codeEnd, identifier, text);
  const signed = Buffer.concat([executable.subarray(0, codeEnd), Buffer.alloc(blob.length)]);
  signed.writeUInt32LE(blob.length, signature + 12);
  const size = BigInt(codeEnd + blob.length) - executable.readBigUInt64LE(linkedit + 40);
  signed.writeBigUInt64LE(size, linkedit + 32);
  signed.writeBigUInt64LE(size, linkedit + 48);
  hashPages(signed.subarray(0, codeEnd), blob);
  blob.copy(signed, codeEnd);
  return signed;
}

const MACH_O_64 = 0xfeedfacf;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION_WITH_EXEC_SEGMENT = 0x20400;
/** CS_ADHOC and CS_LINKER_SIGNED: nobody vouches for it, and codesign may replace it. */
const FLAGS = 0x2 | 0x20000;
const SHA256 = { type: 2, bytes: 32 };
const PAGE_BITS = 12;
const MAIN_BINARY = 1n;

const INDEX_BYTES = 20;
const DIRECTORY_BYTES = 88;

interface Places {
  /** Offset of LC_CODE_SIGNATURE. */
  readonly signature: number;
  /** Offset of the segment command of __LINKEDIT, the last one. */
  readonly linkedit: number;
  /** File offset and size of __TEXT. */
  readonly text: { readonly offset: bigint; readonly size: bigint };
}

function loadCommands(file: Buffer): Places {
  if (file.readUInt32LE(0) !== MACH_O_64) throw new Error("not a 64-bit Mach-O file");
  let signature: number | undefined;
  let linkedit: number | undefined;
  let text: Places["text"] | undefined;
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) signature = at;
    if (command === LC_SEGMENT_64) {
      const name = file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      if (name === "__LINKEDIT") linkedit = at;
      if (name === "__TEXT")
        text = { offset: file.readBigUInt64LE(at + 40), size: file.readBigUInt64LE(at + 48) };
    }
    at += file.readUInt32LE(at + 4);
  }
  if (signature === undefined || linkedit === undefined || text === undefined)
    throw new Error("the Mach-O file has no place for a signature");
  return { signature, linkedit, text };
}

/** The signature with empty page hashes. */
function superBlob(codeEnd: number, identifier: string, text: Places["text"]): Buffer {
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(codeEnd / (1 << PAGE_BITS));
  const hashOffset = DIRECTORY_BYTES + name.length;
  const directoryBytes = hashOffset + pages * SHA256.bytes;
  const blob = Buffer.alloc(INDEX_BYTES + directoryBytes);
  [EMBEDDED_SIGNATURE, blob.length, 1, 0, INDEX_BYTES].forEach((value, index) => {
    blob.writeUInt32BE(value, index * 4);
  });
  const directory = blob.subarray(INDEX_BYTES);
  [
    CODE_DIRECTORY,
    directoryBytes,
    VERSION_WITH_EXEC_SEGMENT,
    FLAGS,
    hashOffset,
    DIRECTORY_BYTES,
    0,
    pages,
    codeEnd,
  ].forEach((value, index) => {
    directory.writeUInt32BE(value, index * 4);
  });
  directory.writeUInt8(SHA256.bytes, 36);
  directory.writeUInt8(SHA256.type, 37);
  directory.writeUInt8(PAGE_BITS, 39);
  directory.writeBigUInt64BE(text.offset, 64);
  directory.writeBigUInt64BE(text.size, 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  name.copy(directory, DIRECTORY_BYTES);
  return blob;
}

function hashPages(code: Buffer, blob: Buffer): void {
  const directory = blob.subarray(INDEX_BYTES);
  let at = directory.readUInt32BE(16);
  for (let start = 0; start < code.length; start += 1 << PAGE_BITS) {
    const page = code.subarray(start, start + (1 << PAGE_BITS));
    createHash("sha256").update(page).digest().copy(directory, at);
    at += SHA256.bytes;
  }
}
