// Who am I, by the AWS SDK for JavaScript v3: probe.mjs PROVIDER PROFILE, `-` for none. Prints
// {"arn"}, PROBE_TIMES times with one client.
import { setTimeout as sleep } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { fromProcess } from "@aws-sdk/credential-provider-process";
import { fromSSO } from "@aws-sdk/credential-provider-sso";

const [provider = "", profile = ""] = process.argv.slice(2);
const providers = { fromIni, fromProcess, fromSSO };
const from = new Map(Object.entries(providers)).get(provider);
const credentials = from?.({ profile });
// Without a provider: the default chain, with the profile as people set it.
if (!credentials && profile !== "-") process.env.AWS_PROFILE = profile;
const client = new STSClient({ region: "eu-west-1", ...(credentials ? { credentials } : {}) });
for (let number = 0; number < Number(process.env.PROBE_TIMES ?? 1); number++) {
  if (number > 0) await sleep(Number(process.env.PROBE_PAUSE_SECONDS) * 1000);
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  console.log(JSON.stringify({ arn: Arn }));
}
