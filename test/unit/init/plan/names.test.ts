import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SsoCredError } from "../../../../src/errors.ts";
import {
  checkTemplate,
  DEFAULT_TEMPLATE,
  isPortable,
  makePortable,
  profileName,
  refuseClashes,
} from "../../../../src/init/plan/names.ts";

const prod = {
  accountId: "111122223333",
  accountName: "Prod (EU)",
  emailAddress: "p@example.com",
  roleName: "ReadOnly",
};

describe("profile names", () => {
  it("are ACCOUNTID_ROLE unless a template says otherwise", () => {
    expect(profileName(DEFAULT_TEMPLATE, prod, "corp")).toBe("111122223333_ReadOnly");
    expect(profileName("{session}/{account_name}-{role_name}", prod, "corp")).toBe("corp/Prod-EU-ReadOnly");
    expect(profileName("dev", prod, "corp")).toBe("dev");
  });

  it.each([
    ["a - b", "a-b"],
    ["Ünïcode", "n-code"],
    ["a--b", "a--b"],
    ["  x  ", "x"],
    ["[evil]\n[profile y]", "evil-profile-y"],
    ['"quoted"', "quoted"],
    ["日本", ""],
    ["__proto__", "proto"],
    ["\u001b[31mred\u202e", "31mred"],
  ])("makes %j portable as %j", (name, portable) => {
    expect(makePortable(name)).toBe(portable);
  });

  it("take the account's id where nothing of its name can be kept", () => {
    const account = { ...prod, accountName: "日本" };
    expect(profileName("{account_name}-{role_name}", account, "s")).toBe("111122223333-ReadOnly");
    expect(profileName("日本", account, "s")).toBe("111122223333_ReadOnly");
  });

  it("are portable whatever the portal sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (accountName, roleName) => {
        const name = profileName("{account_name}{role_name}", { ...prod, accountName, roleName }, "s");
        expect(isPortable(name)).toBe(true);
      }),
    );
  });

  it("that two roles would share are an error with both sides", () => {
    const other = { ...prod, accountId: "444455556666", accountName: "Prod [EU]" };
    const name = (assignment: typeof prod) => ({
      name: profileName("{account_name}", assignment, "s"),
      assignment,
    });
    expect(() => refuseClashes([name(prod), name(other)])).toThrow(
      "'Prod-EU' would be ReadOnly in 111122223333 (Prod (EU)) and ReadOnly in 444455556666 (Prod [EU])",
    );
    expect(() => refuseClashes([name(prod)])).not.toThrow();
  });

  it("have only the fields that exist", () => {
    expect(() => checkTemplate("{account_name}-{role_name}-{account_id}-{session}")).not.toThrow();
    expect(() => checkTemplate("{acount}")).toThrow(SsoCredError);
  });
});
