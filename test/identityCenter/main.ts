import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { control } from "./control.ts";
import { type IdentityCenterOptions, startIdentityCenter } from "./identityCenter.ts";
import { deliver } from "./misbehaviour.ts";
import { listen } from "./server.ts";
import type { Consent } from "./settings.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    consent: { type: "string" },
    separate: { type: "boolean" },
    control: { type: "boolean" },
    "tls-key": { type: "string" },
    "tls-cert": { type: "string" },
    /** Exit when standard input ends, so that the emulator never outlives its parent. */
    "until-stdin-ends": { type: "boolean" },
  },
});

const options: IdentityCenterOptions = { servers: values.separate ? "separate" : "one" };
if (values.port) options.port = Number(values.port);
if (values.consent) options.consent = values.consent as Consent;
if (values.control) options.control = control;
if (values["tls-key"] && values["tls-cert"]) {
  options.tls = {
    key: readFileSync(values["tls-key"], "utf8"),
    cert: readFileSync(values["tls-cert"], "utf8"),
  };
}

const center = await startIdentityCenter(options);
// The control routes also have a server of their own, which works while the services are down.
const controls = values.control
  ? await listen(
      (incoming, response) =>
        void control(center, incoming).then((result) => deliver(response, () => result, undefined)),
      0,
      undefined,
    )
  : undefined;
const { url, urls } = center;
process.stdout.write(`${JSON.stringify({ url, urls, controlUrl: controls?.url })}\n`);
if (values["until-stdin-ends"]) {
  process.stdin.on("end", () => process.exit(0)).resume();
}
