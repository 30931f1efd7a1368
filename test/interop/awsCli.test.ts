import { describe, test } from "vitest";
import type { Report } from "../stress/report.ts";
import { testReport } from "../stress/suite.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { awsV2 } from "./awsCli.ts";
import { clientRows } from "./clientRows.ts";
import { pythonClients } from "./clients.ts";
import { writeReaderCases } from "./initReaders.ts";
import { PROBES, run } from "./installation.ts";
import { sharedLogins } from "./sharedLogins.ts";
import { story } from "./story.ts";
import { whoAmI } from "./world.ts";

const { boto3, awsV1, python } = pythonClients();
const AWS = { ownSso: true, showsWords: true };

describe("AWS CLI", async () => {
  const report = testReport();
  const [oldest, newest] = awsV2();
  for (const program of [awsV1, oldest, newest]) {
    if ("missing" in program) {
      test.skip(`${program.name}: ${program.missing}`);
      continue;
    }
    // What doctor says of the AWS CLI is of its newest version.
    const table = program === oldest && !("missing" in newest) ? {} : ({ table: "AWS CLI" } as const);
    await clientRows(
      { program, ...table, ...AWS, args: (profile, { center }) => whoAmI(center, profile) },
      program,
      report,
    );
    if (program === awsV1) continue;
    await sharedLogins(program, report);
    await story(program, report);
  }
  if ("missing" in boto3) test.skip(`${boto3.name}: ${boto3.missing}`);
  else
    await clientRows({ program: boto3, table: "boto3", ...AWS, args: (profile) => [profile] }, boto3, report);
  if (python === undefined) test.skip("what init writes, read by botocore: no botocore");
  else await configReaders(python, report);
});

/** Reads the output of `init` with botocore's config loader. */
async function configReaders(python: string, report: Report): Promise<void> {
  await report.row("configs that init writes, read by botocore", async (expect) => {
    const folder = temporaryFolder();
    writeReaderCases(folder);
    const { status, stdout, stderr } = run(python, [`${PROBES}/init_botocore.py`, folder]);
    expect(status === 0, `exit ${status}: ${stdout}${stderr}`);
    return { detail: stdout.trim().split("\n").at(-1) ?? "" };
  });
}
