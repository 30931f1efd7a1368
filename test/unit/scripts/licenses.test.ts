import { describe, expect, test } from "vitest";
import { isPermissive, packageFolder } from "../../../scripts/build/licenses.ts";

describe("the licence check", () => {
  test.each(["MIT", "ISC", "Apache-2.0", "0BSD", "BSD-3-Clause", "(GPL-2.0 OR MIT)"])(
    "accepts %s",
    (license) => {
      expect(isPermissive(license)).toBe(true);
    },
  );

  test.each(["GPL-3.0", "UNLICENSED", "MIT AND GPL-2.0", "", undefined, { type: "MIT" }])(
    "rejects %j",
    (license) => {
      expect(isPermissive(license)).toBe(false);
    },
  );

  test.each([
    ["src/cli/cli.ts", undefined],
    ["node_modules/tslib/tslib.es6.js", "node_modules/tslib"],
    ["node_modules/@aws-sdk/core/dist-es/index.js", "node_modules/@aws-sdk/core"],
    ["node_modules/a/node_modules/@b/c/d/e.js", "node_modules/a/node_modules/@b/c"],
  ])("takes %s for a file of %s", (file, folder) => {
    expect(packageFolder(file)).toBe(folder);
  });
});
