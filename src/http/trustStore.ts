import { X509Certificate } from "node:crypto";
import { devNull } from "node:os";
import type { SecureContext, SecureContextOptions } from "node:tls";
import { SsoCredError } from "../errors.ts";
import type { CaBundle } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import { AWS_ROOTS } from "./awsRoots.ts";

/** The CAs to trust for one session. */
export type TrustStore = ReturnType<typeof trustStore>;

/**
 * As in botocore, a CA bundle replaces every other CA. Without one: Node's own roots, those of
 * NODE_EXTRA_CA_CERTS, and the system's. They are parsed in two steps, because OpenSSL takes as
 * long for Node's 150 as for the whole connection, and longer for the system's: first the roots
 * that AWS uses and the extra ones, and all only if these do not know an issuer.
 */
export function trustStore(configured: CaBundle | undefined) {
  const bundle = configured?.isOptional && "fault" in readBundle(configured.path) ? undefined : configured;
  let usual: SecureContext | undefined;
  let wide: SecureContext | undefined;
  return {
    bundle,
    /** Created at the first call. */
    context(): SecureContext {
      // A bundle may list an intermediate CA without its root, and means to trust it (as curl
      // --cacert does).
      usual ??= contextWith(
        bundle
          ? { ca: requireBundle(bundle), allowPartialTrustChain: true }
          : { ca: [...AWS_ROOTS, ...tls().getCACertificates("extra")] },
      );
      return wide ?? usual;
    },
    /** Adds all other CAs. True if `context()` now trusts more CAs than `used`. */
    isWiderThan(used: SecureContext): boolean {
      if (bundle !== undefined) return false;
      const { getCACertificates, rootCertificates } = tls();
      wide ??= contextWith({
        ca: [...rootCertificates, ...getCACertificates("extra"), ...getCACertificates("system")],
      });
      return used !== wide;
    },
  };
}

/** Not imported: loading node:tls reads NODE_EXTRA_CA_CERTS, and most runs need neither. */
const tls = () => process.getBuiltinModule("node:tls");

/**
 * For its first context, Node also fills a store of its own that no context uses here. Started with
 * `--use-openssl-ca`, it fills it from OpenSSL's file, which holds the system's CAs on macOS.
 */
function contextWith(options: SecureContextOptions): SecureContext {
  const { SSL_CERT_FILE } = process.env;
  process.env.SSL_CERT_FILE = devNull;
  try {
    return tls().createSecureContext(options);
  } finally {
    if (SSL_CERT_FILE === undefined) delete process.env.SSL_CERT_FILE;
    else process.env.SSL_CERT_FILE = SSL_CERT_FILE;
  }
}

function requireBundle({ path, setting }: CaBundle): string {
  const bundle = readBundle(path);
  if ("text" in bundle) return bundle.text;
  throw new SsoCredError("config", `the CA bundle ${path} ${bundle.fault}: correct ${setting}`);
}

/** In UTF-8, as PowerShell writes it. OpenSSL would skip the certificate after it. */
const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

function readBundle(path: string): { text: string } | { fault: string } {
  const file = readRegularFile(path);
  if ("fault" in file) return file;
  const text = file.bytes.toString("latin1").replace(BYTE_ORDER_MARK, "");
  return startsWithCertificate(text) ? { text } : { fault: "contains no PEM certificate" };
}

/** OpenSSL silently skips what it cannot read in a bundle. Only the first one is checked here. */
function startsWithCertificate(text: string): boolean {
  // X509Certificate alone would accept DER, which a bundle must not be.
  return text.includes("-----BEGIN ") && attempt(() => Boolean(new X509Certificate(text)), false);
}
