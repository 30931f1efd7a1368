import { isUtf8 } from "node:buffer";
import { SsoCredError } from "../errors.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import { shellWord } from "../text/commandWords.ts";

/**
 * Reads the text of a config or credentials file. A missing file is an empty one, as is a device
 * (`AWS_CONFIG_FILE=/dev/null`) unless the file will be written.
 * @throws SsoCredError("config") when the file exists but cannot be read as text.
 */
export function readConfigText(path: string, platform: NodeJS.Platform, { isForWriting = false } = {}) {
  const file = readRegularFile(path);
  if (!("fault" in file)) return decodeConfig(file.bytes, path, platform);
  if (file.is === "missing" || (file.is === "device" && !isForWriting)) return "";
  throw new SsoCredError("config", `${path} ${file.fault}`, { remedy: file.remedy ?? {} });
}

/**
 * Decodes the text of a config or credentials file. In a line that is not UTF-8 (Windows-31J,
 * latin-1) each byte above 0x7F becomes one of U+DC80–DCFF, as with Python's `surrogateescape`.
 * Such a byte affects only its own value, and {@link encodeConfig} restores it.
 * @throws SsoCredError("config") for UTF-16, with the command that converts the file.
 */
export function decodeConfig(bytes: Buffer, path: string, platform: NodeJS.Platform): string {
  const run = utf16Conversion(bytes, path, platform);
  if (run !== undefined) {
    const message = `${path} is UTF-16 text, as PowerShell's > writes it; AWS tools read UTF-8`;
    throw new SsoCredError("config", message, { remedy: { run } });
  }
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const lines = bytes.toString("latin1").split("\n");
  const decoded = lines.map((line) => {
    const lineBytes = Buffer.from(line, "latin1");
    if (isUtf8(lineBytes)) return lineBytes.toString("utf8");
    return line.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(0xdc00 + byte.charCodeAt(0)));
  });
  return decoded.join("\n");
}

export function encodeConfig(text: string): Buffer {
  // With the flag `u`, this matches only unpaired surrogates.
  const parts = text.split(/([\udc80-\udcff]+)/u);
  return Buffer.concat(
    parts.map((part, at) =>
      at % 2 === 0 ? Buffer.from(part) : Buffer.from([...part].map((unit) => unit.charCodeAt(0) - 0xdc00)),
    ),
  );
}

/** UTF-16 has a byte order mark or, in its first characters, zero bytes. */
function utf16Encoding(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return "UTF-16";
  if (second === 0 && fourth === 0 && first !== 0 && third !== 0) return "UTF-16LE";
  return first === 0 && third === 0 && second !== 0 && fourth !== 0 ? "UTF-16BE" : undefined;
}

/** The command that converts a file in UTF-16 to UTF-8; undefined for one in another encoding. */
export function utf16Conversion(bytes: Buffer, path: string, platform: NodeJS.Platform): string | undefined {
  const encoding = utf16Encoding(bytes);
  if (encoding === undefined) return undefined;
  const [word, next] = [shellWord(path), shellWord(`${path}.utf8`)];
  const quoted = `'${path.replaceAll("'", "''")}'`;
  // A byte order mark overrides the given encoding.
  const given = encoding === "UTF-16BE" ? "BigEndianUnicode" : "Unicode";
  const lines = `[IO.File]::ReadAllLines(${quoted}, [Text.Encoding]::${given})`;
  return platform === "win32"
    ? `powershell -Command "[IO.File]::WriteAllLines(${quoted}, ${lines})"`
    : `iconv -f ${encoding} -t UTF-8 ${word} > ${next} && mv ${next} ${word}`;
}
