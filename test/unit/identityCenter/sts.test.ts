import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IdentityCenter, startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { portalGet } from "./oidcClient.ts";

let center: IdentityCenter;
beforeEach(async () => {
  center = await startIdentityCenter();
});
afterEach(() => center.stop());

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

async function issued(): Promise<Credentials> {
  const path = "/federation/credentials?role_name=ReadOnly&account_id=123456789011";
  const { body } = await portalGet(center, path, center.signIn().accessToken);
  const { accessKeyId, secretAccessKey, sessionToken } = body.roleCredentials as Record<string, string>;
  return { accessKeyId, secretAccessKey, sessionToken } as Credentials;
}

const identity = (credentials: Credentials) =>
  new STSClient({ endpoint: center.urls.sts, region: "eu-west-1", credentials }).send(
    new GetCallerIdentityCommand({}),
  );

describe("the local STS", () => {
  it("says whose credentials it was given", async () => {
    const { Account, Arn } = await identity(await issued());
    expect(Account).toBe("123456789011");
    expect(Arn).toMatch(/^arn:aws:sts::123456789011:assumed-role\/AWSReservedSSO_ReadOnly_[0-9a-f]{16}\//);
  });

  it("lets a role assume another one", async () => {
    const sts = new STSClient({
      endpoint: center.urls.sts,
      region: "eu-west-1",
      credentials: await issued(),
    });
    const assumed = await sts.send(
      new AssumeRoleCommand({ RoleArn: "arn:aws:iam::123456789012:role/Deploy", RoleSessionName: "s" }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = assumed.Credentials ?? {};
    const { Arn } = await identity({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
    expect(Arn).toMatch(/^arn:aws:sts::123456789012:assumed-role\/AWSReservedSSO_Deploy_/);
  });

  it.each([
    ["a wrong secret", { secretAccessKey: "wrong" }, "SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "ASIAUNKNOWNUNKNOWN00" }, "InvalidClientTokenId"],
    ["another session token", { sessionToken: "wrong" }, "InvalidClientTokenId"],
  ])("rejects %s", async (_, changes, name) => {
    await expect(identity({ ...(await issued()), ...changes })).rejects.toMatchObject({ name });
  });

  it("rejects expired credentials", async () => {
    const credentials = await issued();
    center.advance(3600_000);
    await expect(identity(credentials)).rejects.toMatchObject({ name: "ExpiredToken" });
  });
});
