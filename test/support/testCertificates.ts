import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../tls/", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, folder), "utf8");
const path = (name: string) => fileURLToPath(new URL(name, folder));

/** See test/tls/README.md. The server's names: localhost, *.sso-cred.test, 127.0.0.1, ::1. */
export const CA_FILE = path("ca.pem");
export const OTHER_CA_FILE = path("other-ca.pem");
export const SERVER_TLS = { key: text("server.key"), cert: text("server.pem") };
export const EXPIRED_TLS = { key: text("server.key"), cert: text("expired.pem") };
