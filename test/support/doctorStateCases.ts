import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DoctorCase, GOOD, LINE } from "./doctorCases.ts";
import { sessionSection, tokenPath } from "./home.ts";
import { putToken } from "./signedIn.ts";
import { MAIN_JOB, type SignInWorld } from "./signInWorld.ts";

const signedIn = (world: SignInWorld) => putToken(world);
const restoreConfig = ({ home }: SignInWorld) => home.write(".aws/config", GOOD);

const ssoProfile = (role: string): string =>
  `[profile plain]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ${role}\n`;

export const STATE_CASES: readonly DoctorCase[] = [
  {
    id: "signed-in",
    says: "signed in to 'corp'; refreshed automatically",
    arrange: signedIn,
    mend: (world) => world.call(["logout", "corp"]),
  },
  { id: "signed-out", says: "nobody is signed in to 'corp'", mend: signedIn },
  {
    id: "token-mismatch",
    says: "is for another start URL or region",
    arrange: (world) => putToken(world, { fields: { startUrl: "https://other.awsapps.com/start" } }),
    mend: signedIn,
  },
  {
    id: "token-mismatch",
    says: "is for another start URL or region",
    arrange: async (world) => {
      await putToken(world);
      await world.home.write(".aws/config", GOOD.replace("eu-west-1", "eu-west-2"));
    },
    mend: restoreConfig,
  },
  {
    id: "token-unreadable",
    says: "is a folder, not a file",
    arrange: ({ home }) => home.write(`${tokenPath("corp")}/in-the-way`, ""),
    mend: ({ home }) => rm(join(home.path, tokenPath("corp")), { recursive: true }),
  },
  {
    id: "token-unreadable",
    says: "contains no token",
    arrange: ({ home }) => home.write(tokenPath("corp"), '{"accessTok'),
    mend: signedIn,
  },
  {
    id: "settings-unusable",
    says: "sso_cred_wait is 5m; use 0 to 3600 seconds",
    arrange: ({ home }) =>
      home.write(
        ".aws/config",
        `${GOOD}\n[sso-session bad]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\nsso_cred_wait = 5m\n`,
      ),
    mend: restoreConfig,
  },
  {
    id: "token-refused",
    says: "the portal refuses the token of 'corp'",
    isOnline: true,
    arrange: async (world) => {
      await putToken(world);
      world.center.revokeSessions();
    },
    mend: signedIn,
  },
  {
    id: "sign-in-open",
    says: "a sign-in to 'corp' is open",
    arrange: async (world) => {
      world.killWorkers(true);
      await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "1" } });
    },
    mend: (world) => world.call(["logout", "corp"]),
  },
  {
    id: "sign-in-back-off",
    says: "no browser opens automatically for 'corp' yet",
    world: { browser: "ignore" },
    arrange: async (world) => {
      await world.call(MAIN_JOB);
      await world.settled();
    },
    mend: async (world) => {
      world.clock.advance(15 * 60_000);
    },
  },
  {
    id: "role-not-assigned",
    says: "the role Owner in account 123456789011 is not assigned to you",
    isOnline: true,
    arrange: async (world) => {
      await world.home.write(".aws/config", GOOD.replace("ReadOnly", "Owner"));
      await signedIn(world);
    },
    mend: restoreConfig,
  },
  {
    id: "role-not-assigned",
    says: "the role Nobody in account 123456789011 is not assigned to you",
    isOnline: true,
    arrange: async (world) => {
      await world.home.write(".aws/config", GOOD + ssoProfile("Nobody"));
      await signedIn(world);
    },
    mend: restoreConfig,
  },
  {
    id: "signed-in-as-another",
    says: "none of the roles in your profiles is assigned to the person who is signed in to 'corp'",
    isOnline: true,
    arrange: async (world) => {
      const profile = (role: string) => `[profile ${role}]\n${LINE.replace("ReadOnly", role)}`;
      await world.home.write(".aws/config", profile("Owner") + profile("Nobody") + sessionSection("corp"));
      await signedIn(world);
    },
    mend: restoreConfig,
  },
  {
    id: "endpoint-not-aws",
    says: "the portal endpoint of 'corp' is not AWS's",
    mendedEnv: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
  },
  {
    id: "endpoint-unreachable",
    says: "127.0.0.1:9 refused the connection",
    isOnline: true,
    env: () => ({ AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9" }),
  },
  {
    id: "endpoint-reached",
    says: "the portal service of 'corp' answers in",
    isOnline: true,
    mendedEnv: { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:9" },
  },
  {
    id: "start-url-unusable",
    says: "start.sso-cred.test",
    isOnline: true,
    arrange: async ({ home }) => {
      const own = GOOD.replace(/sso_start_url = .*/, "sso_start_url = https://start.sso-cred.test/aws");
      await home.write(".aws/config", own);
    },
    mend: restoreConfig,
  },
  {
    id: "clock",
    says: "this computer's clock is 180 minutes ahead of",
    isOnline: true,
    arrange: ({ clock }) => clock.advance(3 * 3_600_000),
    mend: ({ clock }) => clock.advance(-3 * 3_600_000),
  },
];
