import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { signedInWorld } from "../support/binaryWorld.ts";
import { CONFIG } from "../support/execWorld.ts";

/** Asks the SDK for its credentials three times, for longer than a role's credentials last. */
const BOTO3 = `
import sys, time, boto3
session = boto3.Session()
credentials = session.get_credentials()
print(credentials.method)
for _ in range(3):
    print(credentials.get_frozen_credentials().access_key, flush=True)
    time.sleep(4)
`;

const JAVASCRIPT = `
import { STSClient } from ${JSON.stringify(import.meta.resolve("@aws-sdk/client-sts"))};
const { credentials } = new STSClient({}).config;
// The SDK refreshes in the background: a call gets what the one before has asked for.
for (let n = 0; n < 4; n++) {
  console.log((await credentials()).accessKeyId);
  await new Promise((resolve) => setTimeout(resolve, 4000));
}
`;

/** The path of the machine's Python, if it has the package. */
function pythonWith(name: string): string | undefined {
  const { stdout, status } = spawnSync("python3", ["-c", `import sys, ${name}; print(sys.executable)`], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}

async function served(command: readonly string[]) {
  // Cached credentials are used as long as a minute is left.
  const world = await signedInWorld({ config: CONFIG, center: { roleCredentialSeconds: 62 } });
  return world.run(["exec", "--profile", "dev", "--serve", "--", ...command]);
}

describe("through exec --serve, over two ends of the role's credentials", () => {
  const python = pythonWith("boto3");
  it.skipIf(python === undefined)("boto3 has credentials that live (needs boto3)", async () => {
    const { code, stdout, stderr } = await served([python ?? "", "-c", BOTO3]);
    const [method, ...keys] = stdout.trim().split("\n");
    expect([code, stderr, method]).toEqual([0, "", "container-role"]);
    expect(new Set(keys).size).toBe(3);
  });

  it("the JavaScript SDK has credentials that live", async () => {
    const { code, stdout } = await served([process.execPath, "--input-type=module", "-e", JAVASCRIPT]);
    const keys = stdout.trim().split("\n");
    expect([code, keys.length, new Set(keys).size]).toEqual([0, 4, 3]);
  });

  it.skipIf(python === undefined)(
    "the AWS CLI is who it should be (needs the AWS CLI as a Python package)",
    async () => {
      const world = await signedInWorld({ config: CONFIG });
      const aws = ["-m", "awscli", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
      const { code, stdout, stderr } = await world.run(
        ["exec", "--profile", "dev", "--serve", "--", python ?? "", ...aws],
        { AWS_ENDPOINT_URL_STS: world.center.url },
      );
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("123456789011:assumed-role/AWSReservedSSO_ReadOnly");
    },
  );
});
