import { expect, it } from "vitest";
import { withShortNames } from "../../../src/platform/installation.ts";

it.each([
  [
    "C:\\Program Files\\sso-cred\\sso-cred.exe",
    "C:\\PROGRA~1\\sso-cred\\sso-cred.exe",
    "C:\\PROGRA~1\\sso-cred\\sso-cred.exe",
  ],
  [
    "C:\\Users\\Ann Lee\\AppData\\Local\\Microsoft\\WinGet\\sso-cred.exe",
    "C:\\Users\\ANNLEE~1\\AppData\\Local\\MICROS~1\\WinGet\\sso-cred.exe",
    "C:\\Users\\ANNLEE~1\\AppData\\Local\\Microsoft\\WinGet\\sso-cred.exe",
  ],
  ["C:\\Tools (x86), new\\sso-cred.exe", "C:\\TOOLS_~1\\sso-cred.exe", "C:\\TOOLS_~1\\sso-cred.exe"],
  [
    "\\\\host\\my share\\sso-cred.exe",
    "\\\\host\\MYSHAR~1\\sso-cred.exe",
    "\\\\host\\MYSHAR~1\\sso-cred.exe",
  ],
])("takes the short names of what would need quotes, and of nothing else: %s", (path, short, expected) => {
  expect(withShortNames(path, short)).toBe(expected);
});

it.each([
  ["a drive has no short names", "C:\\Ann Lee\\sso-cred.exe"],
  ["cmd fails", ""],
  ["cmd prints something else", "C:\\x"],
])("leaves the path as it is where %s", (_, short) => {
  expect(withShortNames("C:\\Ann Lee\\sso-cred.exe", short)).toBe("C:\\Ann Lee\\sso-cred.exe");
});
