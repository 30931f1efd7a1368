import { createHash } from "node:crypto";

/**
 * Signs a 64-bit Mach-O executable ad hoc, as `codesign --sign -` does on a Mac: Apple silicon
 * kills a process whose code has no valid signature. Follows the public headers of Apple's xnu
 * (EXTERNAL_HEADERS/mach-o/loader.h, osfmk/kern/cs_blobs.h); the signature of Go's linker, which
 * does the same for darwin/arm64, serves as the test's example.
 *
 * @throws Error for anything that is no thin 64-bit Mach-O with a place for a signature at its end.
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  const unsigned = withPlace(executable);
  const { signature = 0, linkedit, text } = loadCommands(unsigned);
  const codeEnd = unsigned.readUInt32LE(signature + 8);
  const blob = superBlob(codeEnd, identifier, text);
  const signed = Buffer.concat([unsigned.subarray(0, codeEnd), Buffer.alloc(blob.length)]);
  signed.writeUInt32LE(blob.length, signature + 12);
  resizeLinkedit(signed, linkedit, codeEnd + blob.length);
  hashPages(signed.subarray(0, codeEnd), blob);
  blob.copy(signed, codeEnd);
  return signed;
}

/** Adds the load command for a signature, if there is none: packing removes Node's. */
function withPlace(executable: Buffer): Buffer {
  const { signature, linkedit, firstSection } = loadCommands(executable);
  if (signature !== undefined) return executable;
  const end = 32 + executable.readUInt32LE(20);
  if (end + 16 > firstSection) throw new Error("the Mach-O file has no room for a signature");
  const codeEnd = Math.ceil(executable.length / 16) * 16;
  const file = Buffer.concat([executable, Buffer.alloc(codeEnd - executable.length)]);
  [LC_CODE_SIGNATURE, 16, codeEnd, 0].forEach((value, index) => {
    file.writeUInt32LE(value, end + 4 * index);
  });
  file.writeUInt32LE(file.readUInt32LE(16) + 1, 16);
  file.writeUInt32LE(file.readUInt32LE(20) + 16, 20);
  resizeLinkedit(file, linkedit, codeEnd);
  return file;
}

/** Lets __LINKEDIT reach to the end of the file. In memory it keeps whole pages if it has them. */
function resizeLinkedit(file: Buffer, linkedit: number, fileEnd: number): void {
  const size = BigInt(fileEnd) - file.readBigUInt64LE(linkedit + 40);
  const before = file.readBigUInt64LE(linkedit + 32);
  const isPaged = before % SEGMENT_PAGE === 0n;
  const inMemory = isPaged ? ((size + SEGMENT_PAGE - 1n) / SEGMENT_PAGE) * SEGMENT_PAGE : size;
  file.writeBigUInt64LE(inMemory, linkedit + 32);
  file.writeBigUInt64LE(size, linkedit + 48);
}

const MACH_O_64 = 0xfeedfacf;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
/** Segments of arm64 programs are aligned to this. */
const SEGMENT_PAGE = 0x4000n;

const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION_WITH_EXEC_SEGMENT = 0x20400;
/** CS_ADHOC and CS_LINKER_SIGNED: no identity stands behind it, and codesign may replace it. */
const FLAGS = 0x2 | 0x20000;
const SHA256 = { type: 2, bytes: 32 };
const PAGE_BITS = 12;
const MAIN_BINARY = 1n;

const INDEX_BYTES = 20;
const DIRECTORY_BYTES = 88;

interface Places {
  /** Offset of LC_CODE_SIGNATURE. */
  readonly signature: number | undefined;
  /** Offset of the segment command of __LINKEDIT, the last one. */
  readonly linkedit: number;
  /** File offset and size of __TEXT. */
  readonly text: { readonly offset: bigint; readonly size: bigint };
  /** File offset of the first section; load commands end before it. */
  readonly firstSection: number;
}

function loadCommands(file: Buffer): Places {
  if (file.readUInt32LE(0) !== MACH_O_64) throw new Error("not a 64-bit Mach-O file");
  let signature: number | undefined;
  let linkedit: number | undefined;
  let text: Places["text"] | undefined;
  let firstSection = file.length;
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) signature = at;
    if (command === LC_SEGMENT_64) {
      const name = file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      if (name === "__LINKEDIT") linkedit = at;
      if (name === "__TEXT")
        text = { offset: file.readBigUInt64LE(at + 40), size: file.readBigUInt64LE(at + 48) };
      for (let index = file.readUInt32LE(at + 64); index > 0; index--) {
        const offset = file.readUInt32LE(at + 72 + 80 * (index - 1) + 48);
        if (offset > 0) firstSection = Math.min(firstSection, offset);
      }
    }
    at += file.readUInt32LE(at + 4);
  }
  if (linkedit === undefined || text === undefined)
    throw new Error("the Mach-O file has no place for a signature");
  return { signature, linkedit, text, firstSection };
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
