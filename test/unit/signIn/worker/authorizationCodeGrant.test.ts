import { expect, it } from "vitest";
import { SsoCredError } from "../../../../src/errors.ts";
import {
  authorizationCodeGrant,
  type CodeGrantInput,
} from "../../../../src/signIn/worker/authorizationCodeGrant.ts";
import { isUnanswered, unanswered } from "../../../../src/signIn/worker/watchLogin.ts";
import { fakeSystem } from "../../../support/fakeSystem.ts";

const TOKEN = { accessToken: "at", expiresIn: 3600, refreshToken: "rt" };

/** The final page, as the browser gets it. */
async function visit(url: URL, answer: Record<string, string>): Promise<string> {
  const callback = new URL(url.searchParams.get("redirect_uri") ?? "");
  const state = url.searchParams.get("state") ?? "";
  callback.search = new URLSearchParams({ state, ...answer }).toString();
  return (await fetch(callback)).text();
}

function grantWith(input: Partial<CodeGrantInput>, redeem = async () => TOKEN) {
  return authorizationCodeGrant(
    { redeemAuthorizationCode: redeem },
    {
      client: { clientId: "client/1", clientSecret: "s", expiresAt: 0 },
      oidcOrigin: "https://oidc.eu-west-1.amazonaws.com",
      scopes: ["sso:account:access", "extra:scope"],
      sessionName: "corp",
      loginCommand: "sso-cred login corp",
      opened: async () => {},
      ended: new Promise<never>(() => {}),
      store: async () => {},
      ...input,
    },
    fakeSystem(),
  );
}

it("opens the AWS CLI's URL, parameter by parameter", async () => {
  let opened = "";
  const open = async (url: string) => {
    opened = url;
    void visit(new URL(url), { code: "c" });
  };
  await grantWith({ opened: open });
  expect(opened).toMatch(
    /^https:\/\/oidc\.eu-west-1\.amazonaws\.com\/authorize\?response_type=code&client_id=client%2F1&redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Foauth%2Fcallback&state=[\w-]+&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess%20extra%3Ascope&code_challenge=[\w-]{43}$/,
  );
});

it("serves before it opens the page, and does not wait for a browser that blocks", async () => {
  let page: Promise<string> | undefined;
  const blocking = (url: string) => {
    page = visit(new URL(url), { code: "c" });
    return new Promise<void>(() => {});
  };
  await grantWith({ opened: blocking });
  expect(await page).toContain("You are signed in");
});

it("says that it worked only after the token is stored", async () => {
  let page: Promise<string> | undefined;
  const opened = async (url: string) => {
    page = visit(new URL(url), { code: "c" });
  };
  const store = async () => {
    throw new SsoCredError("cancelled", "signed out before the answer came");
  };
  await expect(grantWith({ opened, store })).rejects.toThrow("signed out");
  expect(await page).toContain("signed out before the answer came");
});

it("shows the service's rejection to the person", async () => {
  let page: Promise<string> | undefined;
  const opened = async (url: string) => {
    page = visit(new URL(url), { code: "c" });
  };
  const refuse = () => Promise.reject(new Error("invalid_grant: the code is used up"));
  await expect(grantWith({ opened }, refuse)).rejects.toThrow("invalid_grant");
  expect(await page).toContain("invalid_grant: the code is used up");
});

it.each([
  ["access_denied", "the sign-in to 'corp' was denied"],
  ["server_error", "the sign-in to 'corp' failed: server_error"],
])("ends with the error %s that comes with our state", async (error, message) => {
  let page: Promise<string> | undefined;
  const opened = async (url: string) => {
    page = visit(new URL(url), { error });
  };
  const failure = await grantWith({ opened }).catch((reason) => reason);
  expect([failure.kind, failure.message]).toEqual(["login-failed", message]);
  expect(await page).toContain("You are not signed in");
});

it("reports an error without our state at the end of the wait, which still counts as unanswered", async () => {
  let runOut: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    runOut = reject;
  });
  const opened = async (url: string) => {
    await visit(new URL(url), { error: "invalid_request", state: "none" });
    runOut(unanswered("corp"));
  };
  const failure = await grantWith({ opened, ended }).catch((reason) => reason);
  expect(failure.message).toBe(
    "nobody answered the sign-in to 'corp' in time; the browser reported: invalid_request",
  );
  expect(isUnanswered(failure)).toBe(true);
});

it("fails when the page cannot be opened at all", async () => {
  const opened = () => Promise.reject(new Error("no such page"));
  await expect(grantWith({ opened })).rejects.toThrow("no such page");
});
