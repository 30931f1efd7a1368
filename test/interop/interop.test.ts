import { describe, test } from "vitest";
import { testReport } from "../stress/suite.ts";
import { type ClientUnderTest, clientRows } from "./clientRows.ts";
import {
  cppClient,
  goClients,
  javaClient,
  javaScriptClient,
  javaScriptV2Client,
  kotlinClient,
  rubyClient,
  rustClient,
} from "./clients.ts";
import { cdk, cdkArgs, rclone, rcloneArgs, terraform, terraformArgs } from "./tools.ts";

const go = goClients();
const js = javaScriptClient();

const CLIENTS: readonly ClientUnderTest[] = [
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
  { program: javaScriptV2Client(), args: (profile) => [profile] },
  { program: go.v1, args: (profile) => [profile] },
  { program: go.v2, table: "Go", args: (profile) => [profile], ownSso: true },
  { program: go.base, args: (profile) => [profile], ownSso: true },
  { program: javaClient(), table: "Java", args: (profile) => [profile], showsWords: true },
  {
    program: kotlinClient(),
    table: "Kotlin",
    args: (profile) => [profile],
    ownSso: true,
    showsWords: true,
  },
  { program: cppClient(), table: "C++", args: (profile) => [profile] },
  // Takes minutes to build.
  ...(process.env.INTEROP_RUST
    ? ([
        { program: rustClient(), table: "Rust", args: (profile: string) => [profile], ownSso: true },
      ] as const)
    : []),
  { program: cdk(), args: cdkArgs, ownSso: true },
  { program: rclone(), args: rcloneArgs, ownSso: true },
  { program: terraform("tofu"), args: terraformArgs, ownSso: true },
  { program: terraform("terraform"), args: terraformArgs, ownSso: true },
  { program: rubyClient(), table: "Ruby", args: (profile) => [profile] },
];

describe("AWS SDKs, and tools made with them", async () => {
  const report = testReport();
  for (const client of CLIENTS) {
    if ("missing" in client.program) test.skip(`${client.program.name}: ${client.program.missing}`);
    else await clientRows(client, client.program, report);
  }
});
