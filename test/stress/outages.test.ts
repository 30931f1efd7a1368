import type { How } from "../identityCenter/misbehaviour.ts";
import { ENDPOINT_VARIABLE, inEverySituation, type Service, type Trouble } from "./outageCase.ts";
import { openStage } from "./stage.ts";
import { defineSuite, type SuiteContext } from "./suite.ts";

/** A service's fault, and the message if nothing valid is left. */
interface Fault {
  how: How | "down" | "tls";
  message: RegExp;
  inShortRun?: boolean;
}

const FAULTS: Record<string, Fault> = {
  "HTTP 429": { how: { kind: "status", status: 429 }, message: /is throttling \(HTTP 429\)/ },
  "HTTP 500": { how: { kind: "status", status: 500 }, message: /reports a fault \(HTTP 500\)/ },
  "HTTP 503": {
    how: { kind: "status", status: 503 },
    message: /reports a fault \(HTTP 503\)/,
    inShortRun: true,
  },
  "half an answer": {
    how: { kind: "half" },
    message: /closed the connection before its response was complete/,
    inShortRun: true,
  },
  "captive portal": {
    how: { kind: "captivePortal" },
    message: /answered with a web page instead of JSON/,
    inShortRun: true,
  },
  dropped: { how: { kind: "drop" }, message: /closed the connection before its response was complete/ },
  "black hole": { how: { kind: "blackHole" }, message: /did not answer within \d+ (s|ms)/, inShortRun: true },
  "slow drip": { how: { kind: "drip", everyMs: 500 }, message: /did not answer within \d+ (s|ms)/ },
  endless: { how: { kind: "endless" }, message: /sends an endless response/ },
  down: { how: "down", message: /refused the connection/, inShortRun: true },
  "no TLS": { how: "tls", message: /no TLS connection to/ },
};

const PATHS: Record<Service, RegExp> = {
  oidc: /^\/(token|client\/register)$/,
  portal: /^\/federation\/credentials$/,
};

/** Every bad response of a service, in every cached state. */
defineSuite({ name: "outages", title: "Outages", concurrent: true, run });

async function run({ report, short }: SuiteContext): Promise<void> {
  const rows = (["portal", "oidc"] as const).flatMap((service) =>
    Object.entries(FAULTS)
      .filter(([, { inShortRun }]) => !short || inShortRun)
      .map(([name, fault]) => ({ service, name, fault })),
  );
  for (const { service, name, fault } of rows)
    await report.row(`${service}: ${name}`, (expect) => inEverySituation(service, troubleOf(fault), expect));
}

function troubleOf({ how, message }: Fault): Trouble {
  const kind = typeof how === "object" ? how.kind : how;
  return {
    message,
    isRetried: ["status", "half", "drop"].includes(kind),
    takesRequests: ["blackHole", "drip"].includes(kind),
    open: () => openStage({ env: { SSO_CRED_WAIT: "30" } }),
    async begin({ center }, service) {
      if (how === "down") await center.goDown(service);
      else if (how === "tls") {
        // TLS to a server that speaks only plain HTTP.
        return { env: { [ENDPOINT_VARIABLE[service]]: center.urls[service].replace("http:", "https:") } };
      } else center.misbehave({ path: PATHS[service], how });
      return {};
    },
    async end({ center }, service) {
      center.behave();
      await center.comeBack(service);
    },
  };
}
