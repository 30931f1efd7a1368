/**
 * SHA-1 of a text's UTF-8 bytes, as 40 lower-case hex digits. Only names files, as every AWS tool does; our own
 * because loading `node:crypto` costs a cache hit about 7 ms (docs/performance.md). FIPS 180-4, section 6.1.
 */
export function sha1(text: string): string {
  const message = padded(new TextEncoder().encode(text));
  let [h0, h1, h2, h3, h4] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const schedule = new DataView(new ArrayBuffer(320));
  const w = (t: number) => schedule.getInt32(t * 4);
  for (let block = 0; block < message.byteLength; block += 64) {
    let [a, b, c, d, e] = [h0, h1, h2, h3, h4];
    for (let t = 0; t < 80; t++) {
      const word =
        t < 16 ? message.getInt32(block + t * 4) : rotate(w(t - 3) ^ w(t - 8) ^ w(t - 14) ^ w(t - 16), 1);
      schedule.setInt32(t * 4, word);
      const mixed = rotate(a, 5) + round(t, b, c, d) + e + word;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = mixed | 0;
    }
    h0 = (h0 + a) | 0;
    h1 = (h1 + b) | 0;
    h2 = (h2 + c) | 0;
    h3 = (h3 + d) | 0;
    h4 = (h4 + e) | 0;
  }
  return [h0, h1, h2, h3, h4].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The message, a one bit, zeros, and the length in bits (texts here are far below 2^29 bytes). */
function padded(bytes: Uint8Array): DataView {
  const message = new Uint8Array((((bytes.length + 8) >> 6) + 1) * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setInt32(message.length - 4, bytes.length * 8);
  return view;
}

function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
