import { isUtf8 } from "node:buffer";
import { utf16Conversion } from "../config/configText.ts";
import type { ConfigFile, Header } from "../config/ini.ts";
import { layOut, linesOf } from "../config/layout.ts";
import { readValue } from "../config/option.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";

/** The place of a header or key: its line, alone and as `PATH:LINE`. */
interface Place {
  readonly line: number;
  readonly where: string;
}

export interface ConfigKey extends Place {
  /** As written. */
  readonly key: string;
  /** In lower case, as the AWS CLI compares keys. The JavaScript SDK does not. */
  readonly name: string;
  readonly value: string;
  /** The number of spaces before the key. */
  readonly indent: number;
  readonly hasComment: boolean;
}

export interface ConfigSection extends Omit<Header, "bare">, Place {
  /** The header line, trimmed. */
  readonly header: string;
  readonly keys: readonly ConfigKey[];
}

/** A config or credentials file, read line by line, so that findings can name the line. */
export interface ConfigText {
  readonly path: string;
  /** `missing`, or the reason why it cannot be read. */
  readonly fault?: string | undefined;
  /** The command that makes it readable. */
  readonly run?: string | undefined;
  /** The encoding, if it is not plain UTF-8. */
  readonly encoding?: "UTF-16" | "not UTF-8" | "byte order mark" | undefined;
  readonly sections: readonly ConfigSection[];
  /** Lines that are neither a header, a key, a comment, nor a continuation. */
  readonly strayLines: readonly { where: string; text: string }[];
}

export interface ConfigFiles {
  readonly config: ConfigText;
  readonly credentials: ConfigText;
}

export function sectionsOf({ sections }: ConfigText, wanted: ConfigSection["kind"]): ConfigSection[] {
  return sections.filter(({ kind }) => kind === wanted);
}

/** The key of a section as the program reads it: the last one, in any case. */
export function keyOf({ keys }: ConfigSection, name: string): ConfigKey | undefined {
  return keys.findLast((key) => key.name === name);
}

/** Never throws: `fault` says why a file cannot be read. */
export function readConfigLines(path: string, file: ConfigFile, platform: NodeJS.Platform): ConfigText {
  const found = readRegularFile(path);
  if ("fault" in found) {
    const fault = found.is === "unreadable" ? found.fault : "missing";
    return { path, fault, run: found.remedy?.run, sections: [], strayLines: [] };
  }
  const { bytes } = found;
  const run = utf16Conversion(bytes, path, platform);
  if (run !== undefined) return { path, encoding: "UTF-16", run, sections: [], strayLines: [] };
  const encoding = !isUtf8(bytes)
    ? "not UTF-8"
    : bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
      ? "byte order mark"
      : undefined;
  return { path, encoding, ...scan(bytes.toString(isUtf8(bytes) ? "utf8" : "latin1"), path, file) };
}

function scan(text: string, path: string, file: ConfigFile): Pick<ConfigText, "sections" | "strayLines"> {
  const lines = linesOf(text);
  const numbers = new Map(lines.map(({ number, start }) => [start, number]));
  const placeOf = (start: number): Place => {
    const line = numbers.get(start) ?? 1;
    return { line, where: `${path}:${line}` };
  };
  const sections = layOut(text).map(({ header, start, options }): ConfigSection => {
    return {
      kind: file === "credentials" && header.kind === "other" ? "profile" : header.kind,
      name: header.name,
      header: (text.slice(start).split(/\r|\n/, 1)[0] ?? "").trim(),
      ...placeOf(start),
      keys: options.map((option) => {
        const key = text.slice(option.start, option.valueStart - 1).trim();
        const value = text.slice(option.valueStart, option.valueEnd);
        return {
          ...placeOf(option.start),
          key,
          name: key.toLowerCase(),
          value: readValue(value, option.key),
          indent: text.slice(option.start).search(/\S/),
          hasComment: readValue(value, option.key) !== value.trim(),
        };
      }),
    };
  });
  const strayLines = lines.flatMap(({ number, text: raw }) => {
    const line = raw.trim();
    const isOrdinary = line === "" || /^[#;[]/.test(line) || /^\s/.test(raw) || /[=:]/.test(line);
    return isOrdinary ? [] : [{ where: `${path}:${number}`, text: line }];
  });
  return { sections, strayLines };
}
