import { describe, test } from "vitest";
import { testReport } from "../stress/suite.ts";
import { type ClientUnderTest, clientRows } from "./clientRows.ts";
import {
  awsV2,
  goClients,
  javaClient,
  javaScriptClient,
  pythonClients,
  rubyClient,
  rustClient,
} from "./clients.ts";
import { configReaders } from "./configReaders.ts";
import { sharedLogins } from "./sharedLogins.ts";

const { boto3, awsV1, python } = pythonClients();
const v2 = awsV2();
const go = goClients();
const js = javaScriptClient();

const CLIENTS: readonly ClientUnderTest[] = [
  { program: boto3, table: "boto3", args: (profile) => [profile], ownSso: true, showsWords: true },
  { program: awsV1, table: "AWS CLI", aws: true, ownSso: true, showsWords: true },
  { program: v2, table: "AWS CLI", aws: true, ownSso: true, showsWords: true },
  {
    program: js,
    args: (profile) => ["fromIni", profile],
    table: "JavaScript v3",
    variant: "fromIni",
    showsWords: true,
  },
  { program: js, args: (profile) => ["fromProcess", profile], variant: "fromProcess", showsWords: true },
  { program: js, args: (profile) => ["default", profile], table: "JavaScript v3", variant: "default chain" },
  { program: js, args: () => ["fromSSO", "sso"], variant: "fromSSO", ownSso: true, only: "sso" },
  { program: go.v1, args: (profile) => [profile] },
  { program: go.v2, table: "Go", args: (profile) => [profile], ownSso: true },
  { program: go.base, args: (profile) => [profile], ownSso: true },
  { program: javaClient(), table: "Java", args: (profile) => [profile], showsWords: true },
  // Takes minutes to build.
  ...(process.env.INTEROP_RUST
    ? ([
        { program: rustClient(), table: "Rust", args: (profile: string) => [profile], ownSso: true },
      ] as const)
    : []),
  { program: rubyClient(), table: "Ruby", args: (profile) => [profile] },
];

describe("Other AWS clients", async () => {
  const report = testReport();
  for (const client of CLIENTS) {
    if ("missing" in client.program) test.skip(`${client.program.name}: ${client.program.missing}`);
    else await clientRows(client, client.program, report);
  }
  if ("missing" in v2) test.skip(`aws sso login and logout: ${v2.missing}`);
  else await sharedLogins(v2, report);
  if (python === undefined) test.skip("what init writes, read by botocore: no botocore");
  else await configReaders(python, report);
});
