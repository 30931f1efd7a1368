import { expect, it } from "vitest";
import { cleanEnvironment, disturbingVariables } from "../../../src/platform/environment.ts";
import { CA_FILE } from "../../support/testCertificates.ts";

it.each([
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "NODE_V8_COVERAGE",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_USE_ENV_PROXY",
  "NODE_USE_SYSTEM_CA",
  "NODE_REDIRECT_WARNINGS",
  "NODE_PENDING_DEPRECATION",
  "NODE_COMPILE_CACHE",
  "OPENSSL_CONF",
  "OPENSSL_MODULES",
  "OPENSSL_ENGINES",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSLKEYLOGFILE",
  "UV_THREADPOOL_SIZE",
  "OPENSSL_ia32cap",
])("%s is a reason to restart, and is removed", (name) => {
  expect(disturbingVariables({ [name]: "x", PATH: "/bin" })).toEqual([name]);
  expect(cleanEnvironment({ [name]: "x", PATH: "/bin" })).toEqual({ PATH: "/bin" });
});

it.each(["NODE_ENV", "NODE_NAME", "AWS_CA_BUNDLE", "HTTPS_PROXY", "NODENV_ROOT"])("%s stays", (name) => {
  expect(cleanEnvironment({ [name]: "x" })).toEqual({ [name]: "x" });
});

it.each(["NODE_OPTIONS", "NODE_PATH"])(
  "%s has no effect here, so it causes no restart, and is not passed on",
  (name) => {
    expect(disturbingVariables({ [name]: "x" })).toEqual([]);
    expect(cleanEnvironment({ [name]: "x" })).toEqual({});
  },
);

it("NODE_EXTRA_CA_CERTS stays if it names certificates, and is removed if Node would warn about it", () => {
  const env = { NODE_EXTRA_CA_CERTS: CA_FILE };
  expect([disturbingVariables(env), cleanEnvironment(env)]).toEqual([[], env]);
  for (const path of ["/nonexistent/ca.pem", "/", "/dev/zero", import.meta.filename]) {
    const useless = { NODE_EXTRA_CA_CERTS: path };
    expect([disturbingVariables(useless), cleanEnvironment(useless)]).toEqual([["NODE_EXTRA_CA_CERTS"], {}]);
  }
});

it("on Windows, finds the variables in upper and lower case", () => {
  const env = {
    node_debug: "x",
    OpenSSL_Conf: "x",
    node_extra_ca_certs: "/nonexistent/ca.pem",
    Node_Options: "x",
    node_env: "x",
    Path: "x",
  };
  const disturbing = ["node_debug", "OpenSSL_Conf", "node_extra_ca_certs"];
  expect(disturbingVariables(env, "win32")).toEqual(disturbing);
  expect(cleanEnvironment(env, "win32")).toEqual({ node_env: "x", Path: "x" });
  expect(disturbingVariables(env, "linux")).toEqual([]);
  expect(cleanEnvironment(env, "linux")).toEqual(env);
});
