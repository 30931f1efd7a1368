import { configReading } from "../../../test/unit/fuzz/properties/configReading.ts";
import { CLI_CONFIG, HAND_MADE_CONFIG } from "../seeds.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

/** The reader of `~/.aws/config` and `~/.aws/credentials`, and all that is resolved from them. */
export const target: FuzzTarget = {
  parts: ["config", "credentials", "the profile and session that is asked for"],
  seeds: textInputs(
    [CLI_CONFIG, "", "corp"],
    [HAND_MADE_CONFIG, "[dev]\nsso_account_id = 123456789011\n", "dev"],
    [
      "[profile dev]\r\nsso_start_url=https://x/\r\nsso_region=r\r\n",
      "[default]\naws_access_key_id = x",
      "old",
    ],
  ),
  batch: 40,
  open() {
    const { holds, close } = configReading();
    return {
      run: ([config = Buffer.of(), credentials = Buffer.of(), asked = ""]) =>
        holds(config, credentials, asked.toString()),
      close,
    };
  },
};
