// sdkClient.ts PROFILE STS-ENDPOINT: prints the identity of the profile's credentials, like
// `aws sts get-caller-identity`
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromProcess } from "@aws-sdk/credential-provider-process";

const [profile = "", endpoint = ""] = process.argv.slice(2);
const client = new STSClient({ profile, endpoint, credentials: fromProcess({ profile }), maxAttempts: 1 });
const { UserId, Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ UserId, Account, Arn }, null, 4));
