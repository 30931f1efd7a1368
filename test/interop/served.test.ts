import { describe, test } from "vitest";
import { testReport } from "../stress/suite.ts";
import { awsV2 } from "./awsCli.ts";
import { goClients, javaClient, javaScriptClient, pythonClients } from "./clients.ts";
import type { Found } from "./installation.ts";
import { servedRow } from "./served.ts";

const { boto3, awsV1 } = pythonClients();
const go = goClients();

const CLIENTS: readonly { program: Found; args?: readonly string[] }[] = [
  { program: boto3, args: ["-"] },
  { program: awsV1 },
  ...awsV2().map((program) => ({ program })),
  { program: javaScriptClient(), args: ["default", "-"] },
  { program: go.v1, args: ["-"] },
  { program: go.v2, args: ["-"] },
  { program: javaClient(), args: ["-"] },
];

/** The tests mostly wait, so all run at once. */
describe.concurrent("Other AWS clients through exec --serve", async () => {
  const report = testReport();
  for (const { program, ...client } of CLIENTS) {
    if ("missing" in program) test.skip(`${program.name}: ${program.missing}`);
    else await servedRow({ program, ...client }, report);
  }
});
