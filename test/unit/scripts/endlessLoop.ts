import { type FuzzTarget, textInputs } from "../../../scripts/fuzz/target.ts";

/** A reader that never ends for one character. */
export const target: FuzzTarget = {
  parts: ["a text"],
  seeds: textInputs(["hello"]),
  batch: 20,
  covers: ["test/unit/scripts/endlessLoop.ts"],
  open: () => ({
    run([text = Buffer.of()]) {
      for (let at = 0; at < text.length; ) if (text[at] !== 0x2a) at++;
    },
    close() {},
  }),
};
