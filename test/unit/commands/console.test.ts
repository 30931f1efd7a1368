import { describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { consoleUrl } from "../../../src/commands/console.ts";
import type { SsoSession } from "../../../src/model.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { sessionSection } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

const url = (startUrl: string, destination?: string) =>
  consoleUrl(
    { session: { startUrl } as SsoSession, accountId: "123456789011", roleName: "Read Only/+" },
    destination,
  );
const QUERY = "account_id=123456789011&role_name=Read%20Only%2F%2B";

describe("the console's link", () => {
  it.each([
    ["https://d-1234567890.awsapps.com/start", "https://d-1234567890.awsapps.com/start"],
    ["https://d-1234567890.awsapps.com/start#/", "https://d-1234567890.awsapps.com/start"],
    ["https://acme.awsapps.com/start/", "https://acme.awsapps.com/start"],
    [
      "https://start.us-gov-home.awsapps.com/directory/acme",
      "https://start.us-gov-home.awsapps.com/directory/acme",
    ],
    ["https://start.home.awsapps.cn/directory/d-12345", "https://start.home.awsapps.cn/directory/d-12345"],
    ["https://sso.example.com", "https://sso.example.com"],
  ])("begins with the start URL %s", (startUrl, expected) => {
    expect(url(startUrl)).toBe(`${expected}/#/console?${QUERY}`);
  });

  it.each([
    "https://console.aws.amazon.com/",
    "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1#a&b",
    "https://console.amazonaws.cn/ec2",
    "https://us-gov-west-1.console.amazonaws-us-gov.com/",
    "https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2",
  ])("leads to the page %s", (page) => {
    expect(url("https://x.awsapps.com/start", page)).toBe(
      `https://x.awsapps.com/start/#/console?${QUERY}&destination=${encodeURIComponent(page)}`,
    );
  });

  it.each([
    ["HTTPS://Console.AWS.Amazon.com:443/s3", "https://console.aws.amazon.com/s3"],
    ["https://console。aws。amazon。com/", "https://console.aws.amazon.com/"],
    ["https://console.aws.amazon.com\\@evil.example/", "https://console.aws.amazon.com/@evil.example/"],
    [" https://console.aws.amazon.com/\n@evil.example", "https://console.aws.amazon.com/@evil.example"],
  ])("encodes %j as every browser reads it", (page, read) => {
    expect(url("https://x.awsapps.com/start", page)).toContain(`&destination=${encodeURIComponent(read)}`);
  });

  it.each([
    "",
    "http://console.aws.amazon.com/",
    "https://console.aws.amazon.com.evil.example/",
    "https://console.aws.amazon.com%2eevil.example/",
    "https://console.aws.amazon.com@evil.example/",
    "https://evil.example\\.console.aws.amazon.com/",
    "https://c\u043ensole.aws.amazon.com/",
    "https://console.aws.amazon.com./",
    "//console.aws.amazon.com/",
    "javascript://console.aws.amazon.com/%0aalert(1)",
    "data:text/html,https://console.aws.amazon.com/",
    "https://evil.example/console.aws.amazon.com",
    "https://evilconsole.aws.amazon.com.example/",
    "https://xconsole.aws.amazon.com/",
    "https://a@console.aws.amazon.com/",
    "https://console.aws.amazon.com:444/",
    "javascript:alert(1)",
    "/s3",
  ])("accepts no page %s", (page) => {
    expect(() => url("https://x.awsapps.com/start", page)).toThrow("--destination takes a page");
  });

  it("shows no password of an address that it rejects", () => {
    const page = "https://me:pass-word@console.aws.amazon.com/";
    expect(() => url("https://x.awsapps.com/start", page)).toThrow(/not https:\/\/…@console\.aws/);
  });
});

describe("sso-cred console", () => {
  const config = `[profile dev]\ncredential_process = /x/sso-cred corp --account-id 123456789011 --role-name R\n${sessionSection("corp")}`;

  it("opens the link, prints it, and names it where there is no browser", async () => {
    const home = await temporaryHome({ config });
    const line = ["console", "--profile", "dev"];
    const [opens, prints, fails] = [
      fakeSystem({ env: home.env, browser: "ignore" }),
      fakeSystem({ env: home.env }),
      fakeSystem({ env: home.env, browser: "none" }),
    ];
    expect([await runCli(line, opens), opens.stdout]).toEqual([0, ""]);
    expect(opens.opened).toEqual([
      expect.stringMatching(/\/#\/console\?account_id=123456789011&role_name=R$/),
    ]);
    expect([await runCli([...line, "--print"], prints), prints.stdout, prints.stderr]).toEqual([
      0,
      `${opens.opened[0]}\n`,
      "",
    ]);
    expect([await runCli(line, fails), fails.stdout, fails.stderr]).toEqual([
      4,
      "",
      `sso-cred: no browser could be opened here\n  open: ${opens.opened[0]}\n`,
    ]);
  });
});
