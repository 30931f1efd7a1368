import { describe, expect, it } from "vitest";
import { SsoCredError } from "../../../../src/errors.ts";
import {
  assertUniqueNames,
  checkTemplate,
  DEFAULT_TEMPLATE,
  makePortable,
  nameProblem,
  profileName,
} from "../../../../src/init/plan/names.ts";
import { fc } from "../../../support/fuzzing.ts";

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
    ["Ünïcode", "Unicode"],
    ["a--b", "a--b"],
    ["  x  ", "x"],
    ["[evil]\n[profile y]", "evil-profile-y"],
    ['"quoted"', "quoted"],
    ["日本", ""],
    ["-prod", "prod"],
    ["..prod.", "prod"],
    ["Dév / Größe", "Dev-/-Gro-e"],
    ["ＰＲＯＤ①", "PROD1"],
    ["__proto__", "__proto"],
    ["\u001b[31mred\u202e", "31mred"],
  ])("turns %j into %j", (name, portable) => {
    expect(makePortable(name)).toBe(portable);
  });

  it("use the account's id where letters of its name would be lost", () => {
    for (const accountName of ["日本", "本番-prod", "prod-東京", "-", "Größe", "Москва 2", "القاهرة"]) {
      const account = { ...prod, accountName };
      expect(profileName("{account_name}-{role_name}", account, "s")).toBe("111122223333-ReadOnly");
    }
    const account = { ...prod, accountName: "日本" };
    expect(profileName("日本", account, "s")).toBe("111122223333_ReadOnly");
  });

  it("are portable, whatever the portal sends, and whatever the template", () => {
    const portalName = fc.string({ unit: "binary" });
    const template = fc.oneof(fc.constant("{account_name}{role_name}"), portalName);
    fc.assert(
      fc.property(template, portalName, portalName, (template, accountName, roleName) => {
        const name = profileName(template, { ...prod, accountName, roleName }, "s");
        expect(nameProblem(name)).toBeUndefined();
        expect(name).not.toMatch(/[-_.:/@]$/);
      }),
    );
  });

  it("that two roles would share are an error with both sides", () => {
    const other = { ...prod, accountId: "444455556666", accountName: "Prod [EU]" };
    const named = (role: typeof prod) => [profileName("{account_name}", role, "s"), role] as const;
    expect(() => assertUniqueNames([named(prod), named(other)])).toThrow(
      "'Prod-EU' would be ReadOnly in 111122223333 (Prod (EU)) and ReadOnly in 444455556666 (Prod [EU])",
    );
    expect(() => assertUniqueNames([named(prod)])).not.toThrow();
  });

  it("may use only fields that exist", () => {
    expect(() => checkTemplate("{account_name}-{role_name}-{account_id}-{session}")).not.toThrow();
    expect(() => checkTemplate("{acount}")).toThrow(SsoCredError);
  });
});
