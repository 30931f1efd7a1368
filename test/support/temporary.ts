import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Home, makeHome } from "./home.ts";
import { type ProxyOptions, startProxy, type TestProxy } from "./proxy.ts";

/** A folder until the end of the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** As {@link makeHome}, until the end of the test. */
export async function temporaryHome(options?: Parameters<typeof makeHome>[0]): Promise<Home> {
  const home = await makeHome(options);
  onTestFinished(() => home.remove());
  return home;
}

/** As {@link startProxy}, until the end of the test. */
export async function temporaryProxy(options: ProxyOptions): Promise<TestProxy> {
  const proxy = await startProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Lets a server listen on 127.0.0.1 until the end of the test. Returns its port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
