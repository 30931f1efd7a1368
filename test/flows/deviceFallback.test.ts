import { Server } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { signInWorld } from "../support/signInWorld.ts";

const CODE = /code [A-Z]{4}-[A-Z]{4}/;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A sandbox in which the system allows no listening socket. */
function forbidListening(code: string): void {
  vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server) {
    const error = Object.assign(new Error(`listen ${code}`), { code, syscall: "listen" });
    process.nextTick(() => this.emit("error", error));
    return this;
  });
}

it("if no browser can be opened, the same sign-in continues with a code", async () => {
  const { call, center, opened, workers, settled } = await signInWorld({ browser: "none" });
  const first = await call();
  expect([first.code, first.stdout]).toEqual([4, ""]);
  expect(first.stderr).toMatch(CODE);
  expect(await call()).toMatchObject({ code: 4, stderr: first.stderr });
  expect([workers.length, opened().length, center.count("/device_authorization")]).toEqual([1, 1, 1]);
  center.approveDevice();
  await settled();
  expect((await call()).code).toBe(0);
});

it("`sso-cred login` shows the code where no browser can be opened", async () => {
  const { call, center, until, opened } = await signInWorld({ browser: "none" });
  const person = call(["login", "corp"]);
  await until(() => center.count("/token") > 0);
  center.approveDevice();
  const { code, stderr } = await person;
  expect([code, opened().length]).toEqual([0, 1]);
  expect(stderr).toMatch(
    /^Sign in to 'corp' at:\n\n {2}http.*\/device\?user_code=.*\n\nand check that the page shows this code:\n/,
  );
});

it("if a browser was chosen and none can be opened, the message names the device code", async () => {
  const { call, center, settled } = await signInWorld({
    browser: "none",
    env: { SSO_CRED_LOGIN: "browser" },
  });
  const { code, stderr } = await call();
  expect(code).toBe(4);
  expect(stderr).toMatch(/\n {2}run: sso-cred login corp --use-device-code\n {2}open: http.*\/authorize\?/);
  expect(center.count("/device_authorization")).toBe(0);
  await call(["logout", "corp"]);
  await settled();
});

it.each(["EPERM", "EACCES", "EADDRNOTAVAIL", "EMFILE"])(
  "if no socket can listen (%s), the same sign-in continues with a code, in one tab",
  async (errno) => {
    const { call, center, opened } = await signInWorld();
    forbidListening(errno);
    expect((await call()).code).toBe(0);
    expect(opened()).toEqual([expect.stringContaining("/device?user_code=")]);
    expect(center.count("/authorize")).toBe(0);
  },
);

it("if a browser was chosen and no socket can listen: exit 7, and the message names the device code", async () => {
  const { call, opened } = await signInWorld({ env: { SSO_CRED_LOGIN: "browser" } });
  forbidListening("EPERM");
  expect(await call()).toMatchObject({
    code: 7,
    stderr:
      "sso-cred: this system does not allow sso-cred to listen on 127.0.0.1 for the browser's response (EPERM): a sandbox, or a security policy?\n  run: sso-cred login corp --use-device-code\n",
  });
  expect(opened()).toEqual([]);
});
