import { awsV2 } from "./awsCli.ts";
import {
  cppClient,
  goClients,
  javaClient,
  javaScriptClient,
  javaScriptV2Client,
  kotlinClient,
  pythonClients,
  rubyClient,
  rustClient,
} from "./clients.ts";
import { cdk, rclone } from "./tools.ts";

/** vitest's global set-up: fetches the clients once, which may take minutes. */
export default function setup(): void {
  pythonClients();
  awsV2();
  goClients();
  javaScriptClient();
  javaScriptV2Client();
  javaClient();
  kotlinClient();
  cppClient();
  rubyClient();
  cdk();
  rclone();
  if (process.env.INTEROP_RUST) rustClient();
}
