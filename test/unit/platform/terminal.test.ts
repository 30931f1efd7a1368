import { expect, it } from "vitest";
import { consoleId } from "../../../src/platform/terminal.ts";

it("tells Windows consoles apart by the variables of their terminals", () => {
  const ids = [{ WT_SESSION: "a-1" }, { WT_SESSION: "b-2" }, { ConEmuHWND: "0x1" }, {}].map(consoleId);
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => /^console-[A-Za-z0-9-]*$/.test(id))).toBe(true);
});
