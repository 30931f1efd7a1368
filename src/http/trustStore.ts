import { X509Certificate } from "node:crypto";
import type { SecureContext } from "node:tls";
import { SsoCredError } from "../errors.ts";
import type { CaBundle } from "../model.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";

/** Whom to trust in TLS, for one session. */
export interface TrustStore {
  bundle: CaBundle | undefined;
  /** Made at the first call. */
  context(): SecureContext;
  /** Whether `context()` now gives one that trusts more CAs than this one: the system's too. */
  isWiderThan(used: SecureContext): boolean;
}

/**
 * As botocore: a CA bundle replaces every other CA. Without one: Node's own roots and NODE_EXTRA_CA_CERTS, and
 * when these do not know an issuer also the system's store, which takes 0.1 s to load and is thus left to that case.
 */
export function trustStore(configured: CaBundle | undefined): TrustStore {
  const bundle = configured?.isOptional && "fault" in readBundle(configured.path) ? undefined : configured;
  // Not imported: with node:tls Node reads NODE_EXTRA_CA_CERTS, and most runs need neither.
  const tls = () => process.getBuiltinModule("node:tls");
  let usual: SecureContext | undefined;
  let wide: SecureContext | undefined;
  return {
    bundle,
    context() {
      // A bundle may hold an issuing CA without its root; whoever lists it trusts it (as curl --cacert).
      usual ??= tls().createSecureContext(
        bundle ? { ca: requireBundle(bundle), allowPartialTrustChain: true } : {},
      );
      return wide ?? usual;
    },
    isWiderThan(used) {
      if (bundle !== undefined) return false;
      const { createSecureContext, getCACertificates } = tls();
      wide ??= createSecureContext({ ca: [...getCACertificates("default"), ...getCACertificates("system")] });
      return used !== wide;
    },
  };
}

function requireBundle({ path, setting }: CaBundle): string {
  const bundle = readBundle(path);
  if ("text" in bundle) return bundle.text;
  throw new SsoCredError("config", `the CA bundle ${path} ${bundle.fault}: correct ${setting}`);
}

function readBundle(path: string): { text: string } | { fault: string } {
  const file = readRegularFile(path);
  if ("fault" in file) return file;
  const text = file.bytes.toString("latin1");
  return startsWell(text) ? { text } : { fault: "holds no PEM certificate" };
}

/** OpenSSL says nothing about what it cannot read in a bundle; only the first certificate is looked at here. */
function startsWell(text: string): boolean {
  try {
    // This would take DER too, which a bundle may not be.
    return text.includes("-----BEGIN ") && new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}
