import { serviceAnswers } from "../../../test/unit/fuzz/properties/serviceAnswers.ts";
import { answerParts, readAnswers } from "../answers.ts";
import type { FuzzTarget } from "../target.ts";

const PATHS = ["/federation/credentials", "/token", "/assignment/roles"];
/** Fresh, to be refreshed, expired. */
const LEFT_MS = [3_600_000, 300_000, -1_000];

/** What portal and OIDC service answer to the main job of somebody who is signed in. */
export const target: FuzzTarget = {
  parts: ["the token's age: a byte", "statuses and headers: JSON", ...PATHS],
  seeds: LEFT_MS.flatMap((_, age) => [
    [Buffer.of(age), ...answerParts(PATHS)],
    [Buffer.of(age), ...answerParts(PATHS, [403, 400, 429])],
    [Buffer.of(age), ...answerParts(PATHS, [401, 503, 200])],
  ]),
  batch: 10,
  async open() {
    const services = await serviceAnswers();
    return {
      run: ([age, ...parts]) =>
        services.mainJobHolds(
          readAnswers(PATHS, parts),
          Date.now() + (LEFT_MS[(age?.[0] ?? 0) % LEFT_MS.length] ?? 0),
        ),
      close: () => services.close(),
    };
  },
};
