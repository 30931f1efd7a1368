import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Rules of PSScriptAnalyzer, on the text: PowerShell is not to be had everywhere.
const TEXT = readFileSync(new URL("../../../scripts/install.ps1", import.meta.url), "utf8");
const CODE = TEXT.replace(/<#[\s\S]*?#>/g, "").replace(/^\s*#.*$/gm, "");
/** Without the texts, in which anything may stand. */
const WORDS = CODE.replace(/'[^'\n]*'/g, "''").replace(/"[^"\n]*"/g, '""');

test("the functions of install.ps1 have approved verbs, of which none promises -WhatIf", () => {
  const verbs = [...CODE.matchAll(/^function (\w+)-/gm)].map(([, verb]) => verb);
  expect(new Set(verbs)).toEqual(new Set(["Exit", "Read", "Write", "Save", "Install", "Uninstall"]));
});

test("install.ps1 calls cmdlets and its own functions by their full names", () => {
  const own = [...CODE.matchAll(/^function ([\w-]+)/gm)].map(([, name]) => name);
  const first = [...WORDS.matchAll(/(?:^\s*|[|{;(] *|= )([A-Za-z][\w-]*)(?= |$)/gm)].map(
    ([, word]) => word ?? "",
  );
  const keywords = /^(?:if|else|elseif|try|catch|finally|for|return|exit|continue|function|param)$/;
  const cmdlets =
    /^(?:Copy-Item|Expand-Archive|ForEach-Object|Get-ChildItem|Get-Content|Get-FileHash|Join-Path|Move-Item|New-Item|New-Object|Out-Null|Remove-Item|Set-StrictMode|Test-Path|Where-Object|Write-Output|Write-Warning)$/;
  const others = first.filter((word) => !own.includes(word) && !keywords.test(word) && !cmdlets.test(word));
  expect(first.length).toBeGreaterThan(40);
  expect(others).toEqual([]);
});

test.each([
  ["text that Windows PowerShell 5 would misread without a byte order mark", /[^\n\x20-\x7e]/],
  ["blanks at the end of a line", /[ \t]$/m],
  ["an empty catch block", /catch[^{]*\{\s*\}/],
  ["$null on the right of a comparison", /-(?:eq|ne) \$null/],
  ["a global variable", /\$global:/i],
  ["a command made from text", /Invoke-Expression|\biex\b/i],
  ["a backtick that continues a line", /`\n/],
])("install.ps1 has no %s", (_what, pattern) => {
  expect(TEXT.replaceAll("\r", "")).not.toMatch(pattern);
});
