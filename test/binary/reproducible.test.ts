import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/toolchain.mjs";
import { EXECUTABLE, PROGRAM } from "../support/builtExecutable.ts";

/**
 * Equal inputs must give equal bytes in every folder. The complete check is `npm run build --
 * --force` in two clones, and sha256sum.
 */
describe.each([EXECUTABLE, PROGRAM])("%s", (file) => {
  const bytes = readFileSync(file);

  test.each([root.slice(0, -1), `${tmpdir()}/pkg-sea-`, "dist/new-"])(
    "does not hold the path %s of its build",
    (path) => {
      expect(bytes.includes(path)).toBe(false);
    },
  );
});
