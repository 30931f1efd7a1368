import { parseArgs } from "node:util";
import { readRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { SsoCredError } from "../errors.ts";
import { credentialProcessOutput, MAX_OUTPUT_BYTES } from "../hit/credentialProcess.ts";
import { isFresh } from "../hit/expiry.ts";
import { outputTimeoutMs } from "../hit/waitBudget.ts";
import type { Role, RoleCredentials } from "../model.ts";
import type { System } from "../platform/system.ts";
import { type NamedRole, namedRole, resolveNamedRole, roleOptions } from "./roleArguments.ts";
import { waitDeadline } from "./waitDeadline.ts";

/** The main job: prints the `credential_process` document and nothing else. */
export async function credentials(args: readonly string[], system: System): Promise<number> {
  const deadline = waitDeadline(system);
  const { values, positionals } = parseArgs({
    args: [...args],
    options: roleOptions,
    allowPositionals: true,
  });
  const wanted = namedRole(values, positionals);
  if (!("profile" in wanted)) {
    const cached = cachedFor(wanted, system);
    if (cached) return print(cached, wanted, system);
  }
  const { role, configured } = resolveNamedRole(wanted, system);
  const until = configured === system ? deadline : waitDeadline(configured);
  return print(await obtainRoleCredentials(role, until, configured), role, configured);
}

/** A hit needs no config: the file's name follows from the arguments. */
function cachedFor({ session, accountId, roleName }: NamedRole, system: System): RoleCredentials | undefined {
  const cached = readRoleCredentials(
    { session: { name: session, startUrl: "" }, accountId, roleName },
    system,
  );
  if (!cached || !isFresh(cached.expiration, system.now())) return undefined;
  system.trace.step("cache hit");
  return cached;
}

function print(credentials: RoleCredentials, { accountId }: Role, system: System): number {
  const output = credentialProcessOutput(credentials, accountId);
  if (Buffer.byteLength(output) > MAX_OUTPUT_BYTES) {
    throw new SsoCredError("unavailable", "the portal sent credentials longer than SDKs read (8 KiB)");
  }
  system.writeStdout(output, system.startedAt + outputTimeoutMs(system.env) - system.now());
  system.trace.step("printed");
  return 0;
}
