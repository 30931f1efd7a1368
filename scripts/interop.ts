// npm run interop [-- NAME… | rust]: other AWS clients and this program on one home; the emulator's STS checks every signature
import { parseArgs } from "node:util";
import { type ClientUnderTest, clientRows, missingRows } from "./interop/clientRows.ts";
import {
  awsV2,
  goClients,
  javaClient,
  javaScriptClient,
  pythonClients,
  rubyClient,
  rustClient,
} from "./interop/clients.ts";
import { configReaders } from "./interop/configReaders.ts";
import { sharedLogins } from "./interop/sharedLogins.ts";
import { freezeExecutable } from "./stress/executable.ts";
import { faults, newReport, table } from "./stress/report.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const thaw = freezeExecutable();
console.error("\nfetching the clients …");
const { boto3, awsV1, python } = pythonClients();
const v2 = awsV2();
const go = goClients();
const js = javaScriptClient();

const clients: ClientUnderTest[] = [
  { program: boto3, args: (profile) => [profile], ownSso: true, showsWords: true },
  { program: awsV1, aws: true, ownSso: true, showsWords: true },
  { program: v2, aws: true, ownSso: true, showsWords: true },
  { program: js, args: (profile) => ["fromIni", profile], variant: "fromIni", showsWords: true },
  { program: js, args: (profile) => ["fromProcess", profile], variant: "fromProcess", showsWords: true },
  { program: js, args: (profile) => ["default", profile], variant: "default chain" },
  { program: js, args: () => ["fromSSO", "sso"], variant: "fromSSO", ownSso: true, only: "sso" },
  { program: go.v1, args: (profile) => [profile] },
  { program: go.v2, args: (profile) => [profile], ownSso: true },
  { program: javaClient(), args: (profile) => [profile], showsWords: true },
  ...(positionals.includes("rust")
    ? [{ program: rustClient(), args: (profile: string) => [profile], ownSso: true }]
    : []),
  { program: rubyClient(), args: (profile) => [profile] },
];

const report = newReport((line) => console.error(`  ${line}`));
const skipped: string[] = [];
const wanted = (name: string) =>
  positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()));
for (const client of clients.filter(({ program }) => wanted(program.name))) {
  if ("missing" in client.program) skipped.push(...missingRows(client.program));
  else await clientRows(client, client.program, report);
}
if (wanted("login")) {
  if ("missing" in v2) skipped.push(`aws sso login and logout: ${v2.missing}`);
  else await sharedLogins(v2, report);
}
if (wanted("config")) {
  if (python === undefined) skipped.push("what init writes, read by botocore: no botocore");
  else await configReaders(python, report);
}
thaw();

console.log(`\n${table(report.rows)}`);
for (const line of faults(report.rows)) console.log(line);
for (const line of skipped) console.log(`SKIPPED ${line}`);
const failed = report.rows.filter(({ broken }) => broken.length > 0).length;
console.log(`\n${skipped.length} skipped`);
console.log(`${report.rows.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
