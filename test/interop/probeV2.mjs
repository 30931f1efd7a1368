// Who am I, by the AWS SDK for JavaScript v2 and its default chain: probeV2.mjs PROFILE. Prints {"arn"}.
import { createRequire } from "node:module";

process.env.AWS_SDK_LOAD_CONFIG = "1";
process.env.AWS_PROFILE = process.argv[2];
const AWS = createRequire(import.meta.url)(`${process.env.PROBE_SDK}`);
const sts = new AWS.STS({ region: "eu-west-1", endpoint: process.env.AWS_ENDPOINT_URL_STS });
const { Arn } = await sts.getCallerIdentity().promise();
console.log(JSON.stringify({ arn: Arn }));
