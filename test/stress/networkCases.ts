// The part of the suite `network` that runs inside its namespace: prints its rows as lines of JSON.
import { lookup } from "node:dns/promises";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";
import { judge, PROMPT_MS } from "./cases.ts";
import { type NameAnswer, startNameServer } from "./nameServer.ts";
import type { Line } from "./networkFaults.ts";
import { ENDPOINT_VARIABLE, hostOf, inEverySituation, manyAtOnce, type Service } from "./outageCase.ts";
import { ADDRESS, WITH_FILES_OF_HOME } from "./ownNetwork.ts";
import { type Expect, type Figures, newReport } from "./report.ts";
import { openStage, type Stage } from "./stage.ts";

/** A fault of the network for a service's name or address, and the message for it. */
interface Fault {
  name?: NameAnswer;
  /** The address of another name server than the working one. */
  nameServer?: string;
  message: RegExp;
  inShortRun?: boolean;
}

const NOT_FOUND = /cannot find host \S+: are you online, and is the configured endpoint \(.+\) right\?/;
const NOT_LOOKED_UP = /cannot look up host \S+: are you online\?/;
const NO_ROUTE = /there is no route to \S+: are you online\?/;

const FAULTS: Record<string, Fault> = {
  "name server: NXDOMAIN": { name: "NXDOMAIN", message: NOT_FOUND, inShortRun: true },
  "name server: SERVFAIL": { name: "SERVFAIL", message: NOT_LOOKED_UP, inShortRun: true },
  "name server: REFUSED": { name: "REFUSED", message: NOT_LOOKED_UP },
  "name server: no addresses": { name: [], message: NOT_FOUND },
  "name server: port closed": {
    nameServer: ADDRESS.closedNameServer,
    message: NOT_LOOKED_UP,
    inShortRun: true,
  },
  "name server: silent": {
    name: "silence",
    message: /cannot look up host \S+: no answer within \d+ (s|ms); are you online\?/,
    inShortRun: true,
  },
  "name server: no route": { nameServer: ADDRESS.elsewhere, message: NOT_LOOKED_UP },
  "name server: in a black hole": {
    nameServer: ADDRESS.blackHole,
    message: /cannot look up host \S+: no answer within \d+ (s|ms); are you online\?/,
  },
  "no route (ENETUNREACH)": { name: [ADDRESS.elsewhere], message: NO_ROUTE, inShortRun: true },
  "unreachable (EHOSTUNREACH)": { name: [ADDRESS.unreachable], message: NO_ROUTE },
  "prohibited (EACCES)": {
    name: [ADDRESS.prohibited],
    message: /this computer allows no connection to \S+ \(EACCES\)/,
  },
  "swallowed (EINVAL)": { name: [ADDRESS.swallowed], message: NO_ROUTE },
  "nobody answers ARP": { name: [ADDRESS.nobody], message: NO_ROUTE },
  "black hole (SYN dropped)": {
    name: [ADDRESS.blackHole],
    message: /cannot reach \S+: no connection within \d+ (s|ms); does this network need a proxy/,
    inShortRun: true,
  },
};

const AT_ONCE = 8;
const HERE = "127.0.0.1";

const short = process.argv.includes("--short");
const names = await startNameServer(ADDRESS.nameServer);
let stages = 0;

const report = newReport();
names.tell("probe.sso-cred.test", [HERE]);
const probe = await lookup("probe.sso-cred.test");
if (probe.address !== HERE)
  throw new Error(`names are not looked up where resolv.conf says: ${probe.address}`);
await run();
names.close();
print("end");
// A lookup without an answer would block this process too.
process.exit(0);

async function run(): Promise<void> {
  const rows = (["portal", "oidc"] as const).flatMap((service) =>
    Object.entries(FAULTS)
      .filter(([, { inShortRun }]) => !short || inShortRun)
      .map(([name, fault]) => ({
        name: `${service}: ${name}`,
        check: (expect: Expect) => inTrouble(service, fault, expect),
      })),
  );
  rows.push({ name: "IPv6 in a black hole, IPv4 answers", check: onlyIpv4 });
  await manyAtOnce(rows, short ? rows.length : AT_ONCE, async ({ name, check }) => {
    await report.row(name, check);
    const row = report.rows.findLast((one) => one.name === name);
    if (row) print({ row });
  });
}

function print(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Both services with TLS, under names that lead to the emulator. */
async function openNamedStage(): Promise<Stage> {
  const number = ++stages;
  const named = (service: Service, url: string) => {
    const name = `${service}-${number}.sso-cred.test`;
    names.tell(name, [HERE]);
    return { [ENDPOINT_VARIABLE[service]]: url.replace(`//${HERE}`, `//${name}`) };
  };
  return await openStage({
    center: { tls: SERVER_TLS },
    env: { SSO_CRED_WAIT: "30", NODE_EXTRA_CA_CERTS: CA_FILE },
    endpoints: ({ urls }) => ({ ...named("portal", urls.portal), ...named("oidc", urls.oidc) }),
  });
}

function nameOf(stage: Stage, service: Service): string {
  return hostOf(stage, service).replace(/:\d+$/, "");
}

function inTrouble(service: Service, { name, nameServer, message }: Fault, expect: Expect): Promise<Figures> {
  return inEverySituation(
    service,
    {
      message,
      open: openNamedStage,
      async begin(stage) {
        if (name !== undefined) names.tell(nameOf(stage, service), name);
        if (nameServer === undefined) return {};
        // The other service's name is known without a name server.
        const other = service === "portal" ? "oidc" : "portal";
        await stage.home.write("resolv.conf", `nameserver ${nameServer}\n`);
        await stage.home.write("hosts", `${HERE} localhost ${nameOf(stage, other)}\n`);
        return { through: WITH_FILES_OF_HOME };
      },
      end: async (stage) => names.tell(nameOf(stage, service), [HERE]),
    },
    expect,
  );
}

/** Half of the network works: the working half is found within an address's one second. */
async function onlyIpv4(expect: Expect): Promise<Figures> {
  const stage = await openNamedStage();
  try {
    await stage.signIn(-600);
    for (const service of ["portal", "oidc"] as const)
      names.tell(nameOf(stage, service), [ADDRESS.blackHole6, HERE]);
    const { exit, time } = judge(expect, stage, await stage.call().done, 0, { mostMs: 2 * PROMPT_MS });
    return { "nothing valid": `${exit} in ${time}` };
  } finally {
    await stage.close();
  }
}
