import type { Plugin } from "esbuild";

/**
 * Modules that the SDK clients import for defaults which `identityCenter/sdkClient.ts` always
 * overrides, or for unused operations: the search for credentials, signing, retries, checksums,
 * random UUIDs, partitions, event streams, and the SDK's own HTTP. Each miss would load them. Event
 * streams are imported dynamically, so esbuild would also wrap each module that they share.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "@aws-sdk/credential-provider-node": "export const defaultProvider = undefined;",
  "@aws-sdk/signature-v4-multi-region": "export class SignatureV4MultiRegion {}",
  "@smithy/core/checksum": "export class Crc32 {} export class Sha256 {}",
  "@smithy/core/event-streams": "",
  "@smithy/core/retry":
    "export const resolveRetryConfig = (config) => config, getRetryPlugin = () => ({ applyToStack() {} });" +
    "export const RETRY_MODES = {}, DEFAULT_RETRY_MODE = undefined, DEFAULT_MAX_ATTEMPTS = undefined;" +
    "export const NODE_MAX_ATTEMPT_CONFIG_OPTIONS = undefined, NODE_RETRY_MODE_CONFIG_OPTIONS = undefined;",
  "@aws/lambda-invoke-store": "export const InvokeStore = undefined;",
  "@smithy/signature-v4": "export class SignatureV4 {}",
  "@smithy/node-http-handler":
    "export const NodeHttpHandler = { create: (handler) => handler }; export const streamCollector = undefined;",
  "./partitions": "export const partitionsInfo = { partitions: [] };",
  "../package.json": "export default {};",
  "./uuid/v4": "export const bindV4 = () => undefined;",
  "node:crypto": "export const getRandomValues = undefined, createHash = undefined, createHmac = undefined;",
};

export const leaveOut: Plugin = {
  name: "left-out",
  setup(build) {
    const names = Object.keys(LEFT_OUT).join("|");
    build.onResolve({ filter: new RegExp(`^(?:${names})$`) }, ({ path, importer }) =>
      // Our own code needs node:crypto.
      importer.includes("node_modules") ? { path, namespace: "left-out" } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({ contents: LEFT_OUT[path] ?? "" }));
  },
};
