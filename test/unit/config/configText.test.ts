import { describe, expect, test } from "vitest";
import { decodeConfig, encodeConfig } from "../../../src/config/configText.ts";
import { parseConfig } from "../../../src/config/ini.ts";
import { fc } from "../../support/fuzzing.ts";

const decode = (bytes: Buffer) => decodeConfig(bytes, "/home/me/.aws/config", "linux");

describe("a config in another encoding", () => {
  test("gives back every byte that was read", () => {
    const line = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.string({ unit: "grapheme" }).map(Buffer.from));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const bytes = Buffer.concat(lines.flatMap((each) => [Buffer.from("k=v\n"), each, Buffer.from("\n")]));
        expect(encodeConfig(decode(bytes))).toEqual(bytes);
      }),
    );
  });

  test("affects only the line with those bytes", () => {
    const windows31J = Buffer.from([0x23, 0x93, 0xfa, 0x96, 0x7b, 0x0a]);
    const utf8 = Buffer.from("[profile 本番]\nregion = eu-west-1\n");
    const latin1 = Buffer.from("sso_role_name = R\xe9ader\n", "latin1");
    const [section] = parseConfig(decode(Buffer.concat([windows31J, utf8, latin1])), "config");
    expect(section?.name).toBe("本番");
    expect(section?.keys.get("region")).toBe("eu-west-1");
    expect(section?.keys.get("sso_role_name")).toBe("R\udce9ader");
  });

  test.each([
    ["UTF-16", Buffer.from("\ufeff[default]\n", "utf16le")],
    ["UTF-16", Buffer.from("\ufeff[default]\n", "utf16le").swap16()],
    ["UTF-16LE", Buffer.from("[default]\n", "utf16le")],
    ["UTF-16BE", Buffer.from("[default]\n", "utf16le").swap16()],
  ])("is refused when it is %s, with the command that converts it", (encoding, bytes) => {
    const run = `iconv -f ${encoding} -t UTF-8 /home/me/.aws/config > /home/me/.aws/config.utf8 && mv /home/me/.aws/config.utf8 /home/me/.aws/config`;
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ kind: "config", remedy: { run } }));
  });

  test.each([
    ["Unicode", Buffer.from("\ufeff[default]\n", "utf16le")],
    ["Unicode", Buffer.from("[default]\n", "utf16le")],
    ["BigEndianUnicode", Buffer.from("[default]\n", "utf16le").swap16()],
  ])("has a command for Windows, too, that reads it as %s (%#)", (encoding, bytes) => {
    const path = "'C:\\Users\\O''Brien\\.aws\\config'";
    const lines = `[IO.File]::ReadAllLines(${path}, [Text.Encoding]::${encoding})`;
    const run = `powershell -Command "[IO.File]::WriteAllLines(${path}, ${lines})"`;
    expect(() => decodeConfig(bytes, "C:\\Users\\O'Brien\\.aws\\config", "win32")).toThrow(
      expect.objectContaining({ kind: "config", remedy: { run } }),
    );
  });
});
