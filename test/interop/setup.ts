import {
  awsV2,
  goClients,
  javaClient,
  javaScriptClient,
  pythonClients,
  rubyClient,
  rustClient,
} from "./clients.ts";

/** vitest's global set-up: fetches the clients once, which may take minutes, before a worker asks for them. */
export default function setup(): void {
  pythonClients();
  awsV2();
  goClients();
  javaScriptClient();
  javaClient();
  rubyClient();
  if (process.env.INTEROP_RUST) rustClient();
}
