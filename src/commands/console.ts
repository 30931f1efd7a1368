import { shownUrl } from "../config/urls.ts";
import { SsoCredError, usageError } from "../errors.ts";
import type { SessionRole } from "../model.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { words } from "../text/words.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { namedRole, resolveNamedRole } from "./roleArguments.ts";

/** `sso-cred console`: the portal's own link to the AWS console. Sends no request. */
export async function console(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "console");
  const { role } = resolveNamedRole(namedRole(values, positionals, "console"), system);
  const url = consoleUrl(role, values.destination);
  if (values.print) {
    system.writeStdout(`${url}\n`);
    return 0;
  }
  if (!(await system.openBrowser(url))) {
    throw new SsoCredError("login-required", "no browser could be opened here", { remedy: { open: url } });
  }
  const what = `Opened the console of account ${role.accountId} as ${printable(role.roleName)}.\n`;
  system.writeStderr(prose(2, what));
  return 0;
}

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html */
export function consoleUrl({ session, accountId, roleName }: SessionRole, destination?: string): string {
  const portal = session.startUrl.replace(/#.*$/s, "").replace(/\/+$/, "");
  const query = [
    `account_id=${accountId}`,
    `role_name=${encodeURIComponent(roleName)}`,
    ...(destination === undefined ? [] : [`destination=${encodeURIComponent(consolePage(destination))}`]),
  ];
  return `${portal}/#/console?${query.join("&")}`;
}

/** The console's domains in the partitions aws, aws-cn, aws-us-gov and aws-eusc. */
const CONSOLES = words(`
  console.aws.amazon.com console.amazonaws.cn console.amazonaws-us-gov.com console.amazonaws-eusc.eu`);

/** Only the AWS console: the portal signs in and then redirects to whatever the link names. */
function consolePage(destination: string): string {
  const url = URL.canParse(destination) ? new URL(destination) : undefined;
  const isConsole =
    url?.protocol === "https:" &&
    url.port === "" &&
    url.username === "" &&
    url.password === "" &&
    CONSOLES.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  if (isConsole) return url.href;
  const takes = "--destination takes a page of the AWS console, https://console.aws.amazon.com/…";
  throw usageError(`${takes}, not ${shownUrl(destination)}`, "console");
}
