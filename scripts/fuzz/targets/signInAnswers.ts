import { serviceAnswers } from "../../../test/unit/fuzz/properties/serviceAnswers.ts";
import { answerParts, readAnswers } from "../answers.ts";
import type { FuzzTarget } from "../target.ts";

const PATHS = ["/client/register", "/device_authorization", "/token", "/federation/credentials"];
const LOGINS = ["device", "browser"];

/** What the services answer during a sign-in by either grant. */
export const target: FuzzTarget = {
  parts: ["the grant: a byte", "statuses and headers: JSON", ...PATHS],
  seeds: LOGINS.flatMap((_, login) => [
    [Buffer.of(login), ...answerParts(PATHS)],
    [Buffer.of(login), ...answerParts(PATHS, [400, 400, 400, 401])],
    [Buffer.of(login), ...answerParts(PATHS, [200, 200, 400, 200])],
  ]),
  words: ["authorization_pending", "slow_down", "access_denied", "expired_token", "invalid_grant"],
  batch: 5,
  async open() {
    const services = await serviceAnswers();
    return {
      run: ([login, ...parts]) =>
        services.signInHolds(readAnswers(PATHS, parts), LOGINS[(login?.[0] ?? 0) % 2] ?? "device"),
      close: () => services.close(),
    };
  },
};
